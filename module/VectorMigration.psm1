# The core is loaded into the default load context, where scripts can name its types. Everything with dependencies is loaded into a private one.
$binaries = Join-Path $PSScriptRoot 'bin'
$core = Join-Path $binaries 'VectorMigration.dll'
$commands = Join-Path $binaries 'private' 'VectorMigration.Commands.dll'

if (-not (Test-Path -LiteralPath $core) -or -not (Test-Path -LiteralPath $commands)) {
    throw [System.IO.FileNotFoundException]::new(
        ("The module has not been built: $commands is missing. " +
            'Run ./build.sh build (or: dotnet build src/VectorMigration.Commands -c Release) and import it again.'),
        $commands)
}

$loaded = [System.Runtime.Loader.AssemblyLoadContext]::Default.Assemblies | Where-Object { $_.GetName().Name -eq 'VectorMigration' }
if ($loaded -and $loaded.Location -ne $core) {
    throw [System.InvalidOperationException]::new(
        "Another copy of VectorMigration is already loaded in this process, from $($loaded.Location). " +
        "Start a new PowerShell session to use the one in $binaries.")
}

$null = [System.Runtime.Loader.AssemblyLoadContext]::Default.LoadFromAssemblyPath($core)

# PowerShell caches the module that it creates from an assembly. With -Force it would find the cached module again, without its cmdlets.
Get-Module -All -Name 'dynamic_code_module_VectorMigration.Commands*' | Remove-Module -Force
Import-Module -Assembly ([VectorMigration.Hosting.PrivateLoadContext]::Load($commands)) -Force
