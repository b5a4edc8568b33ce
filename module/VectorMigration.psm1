# This check is first, and uses only what a constrained session allows. Otherwise each line below would be an error of its own.
if ("$($ExecutionContext.SessionState.LanguageMode)" -ne 'FullLanguage') {
    throw "VectorMigration cannot be loaded in $($ExecutionContext.SessionState.LanguageMode) mode. Sign the module with a certificate that your " +
        "policy trusts, or allow its folder in the policy. Then import it again."
}

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
if ($loaded) {
    $old = $loaded.GetName().Version.ToString(3)
    $new = [System.Reflection.AssemblyName]::GetAssemblyName($core).Version.ToString(3)
    if ($loaded.Location -ne $core -or $old -ne $new) {
        throw [System.InvalidOperationException]::new(
            "VectorMigration $new from $binaries cannot be loaded, because this process has loaded VectorMigration $old from " +
            "$(Split-Path $loaded.Location): start a new PowerShell session and import $new there.")
    }
}

$null = [System.Runtime.Loader.AssemblyLoadContext]::Default.LoadFromAssemblyPath($core)

# Not by the manifest, which would load them before the check above: over an older version each member would be an error.
Update-TypeData -PrependPath (Join-Path $PSScriptRoot 'VectorMigration.Types.ps1xml')

# PowerShell caches the module that it creates from an assembly. With -Force it would find the cached module again, without its cmdlets.
Get-Module -All -Name 'dynamic_code_module_VectorMigration.Commands*' | Remove-Module -Force
Import-Module -Assembly ([VectorMigration.Hosting.PrivateLoadContext]::Load($commands)) -Force
