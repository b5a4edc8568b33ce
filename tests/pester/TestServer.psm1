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

# The pinned Qdrant; on Windows the qdrant.exe that QDRANT_BIN names.
function Get-ServerBinary {
    if ($IsWindows) {
        return $env:QDRANT_BIN ? $env:QDRANT_BIN : $(throw 'These tests need a real Qdrant server: set QDRANT_BIN to a qdrant.exe.')
    }

    bash (Join-Path $PSScriptRoot '../../tools/qdrant-local/install.sh')
    if ($LASTEXITCODE -ne 0) {
        throw 'These tests need a real Qdrant server; tools/qdrant-local/install.sh said why there is none.'
    }
}

function Start-TestServer {
    [CmdletBinding()]
    param([string] $ApiKey, [string] $Certificate, [string] $CertificateKey)

    $binary = Get-ServerBinary
    $folder = [System.IO.Directory]::CreateTempSubdirectory('qdrant-pester-').FullName
    $rest, $grpc = Get-FreePort
    $program, $before = $IsWindows ? @($binary) : @('bash', '-c', $watcher, 'watcher', (Join-Path $folder 'qdrant.log'), $binary)
    $start = [System.Diagnostics.ProcessStartInfo]::new($program, [string[]] (@($before) + '--disable-telemetry' -ne $null))
    $start.RedirectStandardInput = $true
    $start.RedirectStandardOutput = -not $IsWindows
    $start.WorkingDirectory = $folder
    $start.Environment['QDRANT__SERVICE__HOST'] = '127.0.0.1'
    $start.Environment['QDRANT__SERVICE__HTTP_PORT'] = "$rest"
    $start.Environment['QDRANT__SERVICE__GRPC_PORT'] = "$grpc"
    $start.Environment['QDRANT__STORAGE__STORAGE_PATH'] = Join-Path $folder 'storage'
    $start.Environment['QDRANT__STORAGE__SNAPSHOTS_PATH'] = Join-Path $folder 'snapshots'
    $start.Environment['QDRANT__LOG_LEVEL'] = 'WARN'
    if ($IsWindows) {
        $start.Environment['QDRANT__LOGGER__ON_DISK__ENABLED'] = 'true'
        $start.Environment['QDRANT__LOGGER__ON_DISK__LOG_FILE'] = Join-Path $folder 'qdrant.log'
    }

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
        ProcessId = $IsWindows ? $shell.Id : [int] $shell.StandardOutput.ReadLine()
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

# On Wine the server is a program outside, which a helper starts and freezes.
function Send-ServerSignal($Server, [string] $Signal) {
    if ($IsWindows) {
        $null = Invoke-RestMethod "$env:VECTORMIGRATION_TEST_SERVERS/signal?port=$(([uri] $Server.Rest).Port)&signal=SIG$Signal" -Method Post -NoProxy
    }
    else {
        kill "-$Signal" $Server.ProcessId
    }
}

function Suspend-TestServer($Server) { Send-ServerSignal $Server STOP }

function Resume-TestServer($Server) { Send-ServerSignal $Server CONT }

# As a power cut would end it.
function Stop-TestServer($Server) {
    if (-not $Server.Shell.HasExited) {
        if ($IsWindows) { $Server.Shell.Kill() }
        $Server.Shell.StandardInput.Close()
        $Server.Shell.WaitForExit()
    }

    Remove-Item -LiteralPath $Server.Folder -Recurse -Force -ErrorAction Ignore
}

# Connections to a port of this machine that are open.
function Get-OpenConnection([int] $Port) {
    $network = [System.Net.NetworkInformation.IPGlobalProperties]::GetIPGlobalProperties()
    @($network.GetActiveTcpConnections() | Where-Object { $_.RemoteEndPoint.Port -eq $Port -and $_.State -eq 'Established' }).Count
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

Export-ModuleMember -Function Get-ServerBinary, Start-TestServer, Stop-TestServer, Suspend-TestServer, Resume-TestServer, Get-OpenConnection, Wait-Until
