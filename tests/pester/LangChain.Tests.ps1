# The runbook from LangChain to Qdrant as it stands in docs/runbooks, executed.
Describe 'From LangChain to Qdrant in one command' {
    BeforeAll {
        . (Join-Path $PSScriptRoot 'Common.ps1')
        $runbooks = Join-Path $root 'docs/runbooks'
        $page = Get-Content (Join-Path $runbooks 'langchain.md') -Raw
        # The steps of the table, by their numbers.
        $steps = @{}
        foreach ($row in [regex]::Matches($page, '(?m)^\| (\d)\. [^|]+\| `([^`]+)` \|')) { $steps[$row.Groups[1].Value] = $row.Groups[2].Value }
        $application = [regex]::Match($page, '(?s)```js\n(.+?)```').Groups[1].Value
        $rest = $env:VECTORMIGRATION_TEST_REST

        # Runs the steps in a folder that holds ./my-store, each for a collection of its own instead of docs.
        function Invoke-Step([string] $Number, [string] $Folder, [string] $Collection, [string] $More = '') {
            Push-Location $Folder
            try { Invoke-Expression "$($steps[$Number].Replace('-Collection docs', "-Collection $Collection"))$More" } finally { Pop-Location }
        }

        # The lines for the application as they stand on the page, with a question whose vector is given.
        function Search-Application([string] $Folder, [string] $Collection, [float[]] $Vector) {
            $clients = & bash (Join-Path $root 'tools/witness/install.sh') integrations
            $null = New-Item -ItemType SymbolicLink "$Folder/node_modules" -Target "$clients/node_modules"
            $asked = '[' + ($Vector.ForEach({ $_.ToString('R', [cultureinfo]::InvariantCulture) }) -join ',') + ']'
            $lines = $application.Replace('http://127.0.0.1:6333', "$rest".TrimEnd('/')).Replace('"docs"', """$Collection""")
            Set-Content "$Folder/app.mjs" @(
                "const embeddings = { embedQuery: async () => $asked };", $lines
                'console.log(JSON.stringify(await store.similaritySearch("asked", 1)));', 'process.exit(0);')
            & node "$Folder/app.mjs" | ConvertFrom-Json
        }
    }

    It 'is done as it stands, and the application finds its documents: <Kind>' -ForEach @(
        @{ Kind = 'LangChain.js'; More = '' }
        @{ Kind = 'Python store, JavaScript application'; More = ' -PayloadLayout JavaScript' }
    ) {
        $steps.Keys | Sort-Object | Should -Be '1', '2', '3', '5'
        $folder = (New-Item -ItemType Directory (Join-Path $TestDrive "langchain $($Kind.Length)/my-store")).Parent.FullName
        $stores = Join-Path $root 'tests/fixtures/stores'
        if ($More) {
            Copy-Item "$stores/langchain/core_pydantic2.pkl" "$folder/my-store/index.pkl"
            Copy-Item "$fixtures/flat_l2/index.faiss" "$folder/my-store/index.faiss"
        }
        else { Copy-Item "$stores/json/langchain_js/*" "$folder/my-store" }
        $collection = "langchain-$($Kind.Length)"
        $index = Invoke-Step 1 $folder $collection
        $index.Store.Framework | Should -BeLike 'LangChain*'
        # The index of the second case has more vectors than its store has documents.
        $all = $More ? "$More -First 500 -OnMissingPayload Empty" : ''
        Invoke-Step 2 $folder $collection "$all 6>`$null"
        $result = Invoke-Step 3 $folder $collection "$all 3>`$null"
        $result.Status | Should -Be Completed
        Invoke-Step 5 $folder $collection $all | Should -BeTrue
        if (-not ((Get-Command node -ErrorAction Ignore) -and (Get-Command npm -ErrorAction Ignore))) {
            Set-ItResult -Skipped -Because 'NOT RUN: Node.js 20 or later with npm is not installed (apt-get install nodejs npm)'
            return
        }
        $point = (Invoke-RestMethod "$rest/collections/$collection/points/3?with_vector=true").result
        $found = Search-Application $folder $collection $point.vector
        $found.pageContent | Should -BeLike 'Text 3, with*'
        $found.metadata.source | Should -Be '/data/1.txt'
    }
}
