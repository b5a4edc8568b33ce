# Unpacks a package as an installation does it.
Set-StrictMode -Version 3

# Into a folder for the module with one for its version; what only the package needs is left away. Returns the path of the manifest.
function Expand-ModulePackage([string] $Path, [string] $ModulePath) {
    $unpacked = Join-Path $ModulePath 'unpacked'
    Expand-Archive -LiteralPath $Path -DestinationPath $unpacked
    '_rels', 'package', '[Content_Types].xml', 'VectorMigration.nuspec' | ForEach-Object { Remove-Item -LiteralPath (Join-Path $unpacked $_) -Recurse -Force }
    $version = (Import-PowerShellDataFile (Join-Path $unpacked 'VectorMigration.psd1')).ModuleVersion
    $null = New-Item -ItemType Directory (Join-Path $ModulePath 'VectorMigration')
    $place = Join-Path $ModulePath 'VectorMigration' $version
    Move-Item -LiteralPath $unpacked -Destination $place
    Join-Path $place 'VectorMigration.psd1'
}

Export-ModuleMember -Function Expand-ModulePackage
