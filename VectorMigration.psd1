@{
    RootModule           = 'module/VectorMigration.psm1'
    ModuleVersion        = '0.1.0'
    GUID                 = '512cc8ac-6a8a-446b-98bf-f404f767fec1'
    Author               = 'The VectorMigration contributors'
    CompanyName          = 'The VectorMigration contributors'
    Copyright            = 'Copyright (c) 2026 The VectorMigration contributors. MIT licence.'
    Description          = 'Migrates FAISS indexes, with the texts that frameworks keep next to them, to Qdrant: streaming, resumable, verified bit for bit.'
    PowerShellVersion    = '7.6'
    CompatiblePSEditions = @('Core')
    FormatsToProcess     = @('module/VectorMigration.Format.ps1xml')
    FunctionsToExport    = @()
    CmdletsToExport      = @(
        'Connect-Qdrant'
        'Disconnect-Qdrant'
        'Get-FaissIndex'
        'Get-FaissVector'
        'Get-QdrantCollection'
        'Get-QdrantConnection'
        'Get-VectorMigration'
        'Invoke-VectorMigration'
        'Join-VectorMigration'
        'Measure-MigrationPerf'
        'New-MigrationPlan'
        'New-MigrationReport'
        'New-MigrationSupportPackage'
        'New-QdrantCollection'
        'Optimize-VectorMigration'
        'Remove-QdrantCollection'
        'Resume-VectorMigration'
        'Send-QdrantBatch'
        'Set-QdrantAlias'
        'Set-VectorMigrationPace'
        'Start-QdrantLocal'
        'Stop-QdrantLocal'
        'Stop-VectorMigration'
        'Suspend-VectorMigration'
        'Test-QdrantConnection'
        'Test-VectorMigration'
        'Wait-QdrantCollection'
        'Watch-VectorMigration'
    )
    VariablesToExport    = @()
    AliasesToExport      = @()
    FileList             = @(
        'VectorMigration.psd1'
        'module/VectorMigration.psm1'
        'module/VectorMigration.Format.ps1xml'
        'module/VectorMigration.Types.ps1xml'
        'module/bin/help.html'
        'module/bin/VectorMigration.dll'
        'module/bin/private/VectorMigration.Commands.dll'
        'module/bin/private/VectorMigration.Qdrant.dll'
        'module/bin/private/VectorMigration.Reporting.dll'
        'module/bin/private/VectorMigration.SideFiles.dll'
        'module/bin/private/VectorMigration.Telemetry.dll'
        'module/bin/private/en-US/VectorMigration.Commands.dll-Help.xml'
        'en-US/about_VectorMigration.help.txt'
        'en-US/about_VectorMigration_Operations.help.txt'
        'en-US/about_VectorMigration_Tuning.help.txt'
        'README.md'
        'CHANGELOG.md'
        'LICENSE'
    )
    PrivateData          = @{
        PSData = @{
            Tags                     = @('FAISS', 'Qdrant', 'Vector', 'Embedding', 'Migration', 'VectorDatabase', 'PSEdition_Core', 'Linux', 'MacOS', 'Windows')
            LicenseUri               = 'https://opensource.org/license/mit'
            ReleaseNotes             = 'First version: migrates FAISS indexes with their texts to Qdrant, resumes from a journal and verifies every vector.'
            RequireLicenseAcceptance = $false
        }
    }
}
