# Index files of a few vectors, written by hand: an IndexIDMap over an IndexFlatL2, ids and components as given.
Set-StrictMode -Version 3

function Write-Head($Writer, [int] $Dimension, [long] $Count) {
    $Writer.Write($Dimension)
    $Writer.Write($Count)
    $Writer.Write([long] 1048576)
    $Writer.Write([long] 1048576)
    $Writer.Write($true)
    $Writer.Write([int] 1)
}

# Writes an index whose vectors follow from their ids. -Changed names ids whose vectors are others than usual.
function New-IndexOfIds {
    [CmdletBinding()]
    param([string] $Path, [long[]] $Id, [long[]] $Changed = @(), [int] $Dimension = 4)

    $stream = [System.IO.File]::Create($PSCmdlet.GetUnresolvedProviderPathFromPSPath($Path))
    $writer = [System.IO.BinaryWriter]::new($stream)
    try {
        $writer.Write([System.Text.Encoding]::ASCII.GetBytes('IxMp'))
        Write-Head $writer $Dimension $Id.Count
        $writer.Write([System.Text.Encoding]::ASCII.GetBytes('IxF2'))
        Write-Head $writer $Dimension $Id.Count
        $writer.Write([long] ($Dimension * $Id.Count))
        $odd = [System.Collections.Generic.HashSet[long]]::new($Changed)
        foreach ($one in $Id) {
            for ($i = 0; $i -lt $Dimension; $i++) { $writer.Write([float] ($one * 8 + $i + ($odd.Contains($one) ? 0.5 : 0))) }
        }

        $writer.Write([long] $Id.Count)
        foreach ($one in $Id) { $writer.Write($one) }
    }
    finally {
        $writer.Dispose()
    }
}

Export-ModuleMember -Function New-IndexOfIds, Write-Head
