# A real Qdrant on free loopback ports with folders of its own, which does not outlive this PowerShell.
Set-StrictMode -Version 3

# The shell holds the end of a pipe: when this process dies, however that happens, the server is killed.
$watcher = @'
log=$1; shift
exec 3<&0
"$@" </dev/null >>"$log" 2>&1 3<&- &
server=$!
echo "$server"
(cat <&3; kill -KILL "$server") >/dev/null 2>&1 &
watcher=$!
wait "$server" 2>/dev/null
kill "$watcher" 2>/dev/null
'@

function Get-FreePort {
    $listeners = 1..2 | ForEach-Object { [System.Net.Sockets.TcpListener]::new([System.Net.IPAddress]::Loopback, 0) }
    $listeners.ForEach('Start')
    $listeners.ForEach({ $_.LocalEndpoint.Port })
    $listeners.ForEach('Stop')
}

function Start-TestServer {
    [CmdletBinding()]
    param([string] $ApiKey, [string] $Certificate, [string] $CertificateKey)

    $binary = bash (Join-Path $PSScriptRoot '../../tools/qdrant-local/install.sh')
    if ($LASTEXITCODE -ne 0) {
        throw 'These tests need a real Qdrant server; tools/qdrant-local/install.sh said why there is none.'
    }

    $folder = [System.IO.Directory]::CreateTempSubdirectory('qdrant-pester-').FullName
    $rest, $grpc = Get-FreePort
    $start = [System.Diagnostics.ProcessStartInfo]::new('bash')
    'c', $watcher, 'watcher', (Join-Path $folder 'qdrant.log'), $binary, '--disable-telemetry' |
        ForEach-Object { $start.ArgumentList.Add(($_ -eq 'c' ? '-c' : $_)) }
    $start.RedirectStandardInput = $true
    $start.RedirectStandardOutput = $true
    $start.WorkingDirectory = $folder
    $start.Environment['QDRANT__SERVICE__HOST'] = '127.0.0.1'
    $start.Environment['QDRANT__SERVICE__HTTP_PORT'] = "$rest"
    $start.Environment['QDRANT__SERVICE__GRPC_PORT'] = "$grpc"
    $start.Environment['QDRANT__STORAGE__STORAGE_PATH'] = Join-Path $folder 'storage'
    $start.Environment['QDRANT__STORAGE__SNAPSHOTS_PATH'] = Join-Path $folder 'snapshots'
    $start.Environment['QDRANT__LOG_LEVEL'] = 'WARN'
    if ($ApiKey) {
        $start.Environment['QDRANT__SERVICE__API_KEY'] = $ApiKey
    }

    $scheme = 'http'
    if ($Certificate) {
        $scheme = 'https'
        $start.Environment['QDRANT__SERVICE__ENABLE_TLS'] = 'true'
        $start.Environment['QDRANT__TLS__CERT'] = $Certificate
        $start.Environment['QDRANT__TLS__KEY'] = $CertificateKey
    }

    $shell = [System.Diagnostics.Process]::Start($start)
    $server = [pscustomobject]@{
        Shell     = $shell
        ProcessId = [int] $shell.StandardOutput.ReadLine()
        Folder    = $folder
        Rest      = "${scheme}://127.0.0.1:$rest"
        GrpcPort  = $grpc
        Uri       = "${scheme}://127.0.0.1:$grpc"
    }

    $deadline = [datetime]::UtcNow.AddSeconds(60)
    while ($true) {
        try {
            $null = Invoke-RestMethod "$($server.Rest)/readyz" -TimeoutSec 2 -SkipCertificateCheck
            # The gRPC port is opened apart, and may be later.
            [System.Net.Sockets.TcpClient]::new('127.0.0.1', $grpc).Dispose()
            return $server
        }
        catch {
            if ($shell.HasExited -or [datetime]::UtcNow -gt $deadline) {
                $log = Get-Content (Join-Path $folder 'qdrant.log') -Raw
                Stop-TestServer $server
                throw "Qdrant did not become ready: $log"
            }

            Start-Sleep -Milliseconds 50
        }
    }
}

function Suspend-TestServer($Server) { kill -STOP $Server.ProcessId }

function Resume-TestServer($Server) { kill -CONT $Server.ProcessId }

# As a power cut would end it.
function Stop-TestServer($Server) {
    if (-not $Server.Shell.HasExited) {
        $Server.Shell.StandardInput.Close()
        $Server.Shell.WaitForExit()
    }

    Remove-Item -LiteralPath $Server.Folder -Recurse -Force -ErrorAction Ignore
}

# Connections to a port of this machine that are open. A client's sockets are dual-mode: they stand in tcp6 although the address is IPv4.
function Get-OpenConnection([int] $Port) {
    $suffix = ':{0:X4}' -f $Port
    @(Get-Content /proc/net/tcp, /proc/net/tcp6 | Where-Object {
            $fields = $_.Trim() -split '\s+'
            $fields[2].EndsWith($suffix) -and $fields[3] -eq '01'
        }).Count
}

# Waits until a condition holds; false when it does not come to hold.
function Wait-Until([scriptblock] $Condition, [int] $Seconds = 30) {
    $deadline = [datetime]::UtcNow.AddSeconds($Seconds)
    while (-not (& $Condition)) {
        if ([datetime]::UtcNow -gt $deadline) {
            return $false
        }

        Start-Sleep -Milliseconds 20
    }

    $true
}

Export-ModuleMember -Function Start-TestServer, Stop-TestServer, Suspend-TestServer, Resume-TestServer, Get-OpenConnection, Wait-Until
