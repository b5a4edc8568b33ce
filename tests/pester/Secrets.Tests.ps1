# Keys from vaults. The vaults here are those of a stand-in for Microsoft.PowerShell.SecretManagement: a module of its name, with the parameters, the
# outputs and the errors of its Get-Secret and Get-SecretVault.
BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    $key = 'pester-vault-k3y'
    $own = Start-TestServer -ApiKey $key
    $modulePath = $env:PSModulePath

    $folder = New-Item -ItemType Directory (Join-Path $TestDrive 'vaults/Microsoft.PowerShell.SecretManagement/1.1.2')
    New-ModuleManifest (Join-Path $folder 'Microsoft.PowerShell.SecretManagement.psd1') -RootModule vaults.psm1 -ModuleVersion 1.1.2 `
        -FunctionsToExport Get-Secret, Get-SecretVault -CmdletsToExport @() -VariablesToExport @() -AliasesToExport @()
    Set-Content (Join-Path $folder vaults.psm1) @'
function Get-Secret {
    [CmdletBinding()] param([Parameter(Mandatory, Position = 0)] [string] $Name, [string] $Vault)
    $vaults = @{
        Local = @{ 'qdrant-key' = 'pester-vault-k3y'; 'login' = [pscredential]::new('user', (ConvertTo-SecureString 'pester-vault-pw' -AsPlainText -Force)) }
        Other = @{ 'qdrant-key' = 'pester-wrong-k3y' }
    }
    $found = $vaults[$(if ($Vault) { $Vault } else { 'Local' })]
    if (-not $found -or -not $found.ContainsKey($Name)) {
        Write-Error "The secret $Name was not found." -ErrorId GetSecretNotFound
        return
    }
    if ($found[$Name] -is [string]) { ConvertTo-SecureString $found[$Name] -AsPlainText -Force } else { $found[$Name] }
}
function Get-SecretVault { [CmdletBinding()] param() [pscustomobject] @{ Name = 'Local' }; [pscustomobject] @{ Name = 'Other' } }
'@
}

AfterAll {
    $env:PSModulePath = $modulePath
    Remove-Module Microsoft.PowerShell.SecretManagement -ErrorAction Ignore
    $null = Connect-Qdrant $url
    Stop-TestServer $own
}

Describe 'A key of a vault' {
    It 'needs the module SecretManagement, and nothing of another name or place is called' {
        function global:Get-Secret { throw 'Get-Secret of the session was called' }
        try { $failure = Get-Failure { Connect-Qdrant $own.Uri -SecretName qdrant-key } } finally { Remove-Item function:global:Get-Secret }
        $failure.FullyQualifiedErrorId | Should -BeLike 'SecretUnavailable,*'
        $failure.ErrorDetails.Message | Should -BeLike '*Microsoft.PowerShell.SecretManagement is not installed*'
        $failure.ErrorDetails.RecommendedAction | Should -BeLike 'Install it:*'
    }

    Context 'with the module' {
        BeforeAll { $env:PSModulePath = (Join-Path $TestDrive vaults) + [System.IO.Path]::PathSeparator + $modulePath }

        It 'reaches the server, and appears in no stream' {
            $said = Connect-Qdrant $own.Uri -SecretName qdrant-key -Verbose -Debug *>&1 | Format-List * -Force | Out-String -Width 500
            $said | Should -Not -BeLike "*$key*"
            Get-QdrantCollection nothing* | Should -BeNullOrEmpty
            (Get-FaissVector ./words.faiss -First 10 | Send-QdrantBatch vault).Status | Should -Be Completed
        }

        It 'comes from the vault that is named' {
            (Get-Failure { Connect-Qdrant $own.Uri -SecretName qdrant-key -VaultName Other; Get-QdrantCollection }).FullyQualifiedErrorId |
                Should -BeLike 'WrongApiKey,*'
            $null = Connect-Qdrant $own.Uri -SecretName qdrant-key -VaultName Local
            (Get-FaissVector ./words.faiss -First 10 | Send-QdrantBatch vault-named).Status | Should -Be Completed
        }

        It 'serves the checks before a run' {
            (Test-QdrantConnection $own.Uri -SecretName qdrant-key -VaultName Local -WarningAction Ignore).Status | Should -Not -Contain Failed
        }

        It 'is the same with $PSDefaultParameterValues' {
            $defaults = @{ 'Connect-Qdrant:SecretName' = 'qdrant-key'; 'Connect-Qdrant:VaultName' = 'Local'; 'Send-QdrantBatch:Collection' = 'vault-defaults' }
            try {
                $defaults.GetEnumerator() | ForEach-Object { $PSDefaultParameterValues[$_.Key] = $_.Value }
                $null = Connect-Qdrant $own.Uri
                (Get-FaissVector ./words.faiss -First 10 | Send-QdrantBatch).Collection | Should -Be vault-defaults

                # A key that is given goes before the default.
                $wrong = ConvertTo-SecureString 'pester-wrong-k3y' -AsPlainText -Force
                (Get-Failure { Connect-Qdrant $own.Uri -ApiKey $wrong; Get-QdrantCollection }).FullyQualifiedErrorId | Should -BeLike 'WrongApiKey,*'
            }
            finally { $defaults.Keys | ForEach-Object { $PSDefaultParameterValues.Remove($_) } }
        }

        It 'is refused with <Id> when <Name>' -ForEach @(
            @{ Name = 'there is no such secret'; Given = @{ SecretName = 'none' }; Id = 'SecretUnavailable'; Says = '*The secret none was not found.' }
            @{ Name = 'there is no such vault'; Given = @{ SecretName = 'qdrant-key'; VaultName = 'none' }; Id = 'SecretUnavailable'; Says = "*vault 'none'*" }
            @{ Name = 'it is a credential'; Given = @{ SecretName = 'login' }; Id = 'SecretUnavailable'; Says = '*is a PSCredential.*' }
            @{ Name = 'the secret has no name'; Given = @{ SecretName = $null }; Id = 'ApiKeyInvalid'; Says = '-SecretName has no value*' }
            @{ Name = 'the vault has no name'; Given = @{ SecretName = 'qdrant-key'; VaultName = '' }; Id = 'SecretUnavailable'; Says = '-VaultName has no*' }
        ) {
            $failure = Get-Failure { Connect-Qdrant $own.Uri @Given }
            $failure.FullyQualifiedErrorId | Should -BeLike "$Id,*"
            $failure.ErrorDetails.Message | Should -BeLike $Says
            $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
            $failure, $failure.Exception, $failure.Exception.InnerException | Format-List * -Force | Out-String -Width 500 |
                Should -Not -BeLike '*pester-vault-pw*'
            # No later cmdlet uses another server.
            (Get-Failure { Get-QdrantCollection }).FullyQualifiedErrorId | Should -BeLike 'NotConnected,*'
        }

        It 'is offered its vaults when TAB is pressed' {
            $line = 'Connect-Qdrant -SecretName a -VaultName '
            (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Be 'Local', 'Other'
        }
    }
}
