#!/usr/bin/env bash
# Installs the PowerShell and the Pester that the tests run with, and prints how to start that PowerShell on stdout; everything else goes to stderr.
#   PWSH_BIN=<path>  uses that PowerShell instead of the pinned one; Pester stays the pinned one.
# PowerShell is a dotnet tool whose version stands in .config/dotnet-tools.json; Pester is a package whose version stands in Modules.csproj.
# Needs the .NET SDK 10 and nothing else. Running it again costs nothing.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
place="$root/artifacts/powershell"
launcher="$place/pwsh"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1

fail() {
    printf 'powershell: %s\n' "$1" >&2
    printf 'powershell: %s\n' "$2" >&2
    exit 1
}

if [[ -n "${PWSH_BIN:-}" ]]; then
    [[ -f "$PWSH_BIN" && -x "$PWSH_BIN" ]] || fail \
        "PWSH_BIN names '$PWSH_BIN', which is not an executable file." \
        "Set it to the path of a PowerShell 7.6 or later, or unset it to use the pinned one."
fi

command -v dotnet >/dev/null || fail "dotnet is missing." "Install the .NET SDK 10 (https://dotnet.microsoft.com/download)."

# What is there was installed from these files, by the dotnet that is found now.
installed_from() {
    command -v dotnet
    sha256sum "$root/.config/dotnet-tools.json" "$here/Modules.csproj" "$here/install.sh" | cut -d ' ' -f 1
}

present() {
    [[ -x "$launcher" && -f "$place/installed-from" && "$(installed_from)" == "$(<"$place/installed-from")" ]] &&
        [[ -f "$place/library" && -f "$(<"$place/library")" ]] && compgen -G "$root/artifacts/modules/Pester/*/Pester.psd1" >/dev/null
}

# `dotnet tool run pwsh` is three processes deep, and a signal to the first does not reach PowerShell. The launcher becomes PowerShell itself.
write_launcher() { # the folder of NuGet's packages
    local version library dotnet_root
    version=$(sed -n 's/.*"version": "\(.*\)".*/\1/p' "$root/.config/dotnet-tools.json")
    library="${1%/}/powershell/$version/tools/net10.0/any/unix/pwsh.dll"
    [[ -f "$library" ]] || fail "the restored tool has no '$library'." \
        "Remove artifacts/powershell and try again; then look how this version of the package is laid out."
    # Programs of the package itself (Start-Job starts one) look for .NET there and not on PATH.
    dotnet_root=$(dirname "$(realpath "$(command -v dotnet)")")
    {
        printf '#!/usr/bin/env bash\n# Written by tools/powershell/install.sh.\n'
        printf 'export DOTNET_ROOT=${DOTNET_ROOT:-%q}\n' "$dotnet_root"
        printf 'exec %q %q "$@"\n' "$(command -v dotnet)" "$library"
    } > "$launcher.new"
    printf '%s\n' "$library" > "$place/library"
    chmod +x "$launcher.new"
    mv "$launcher.new" "$launcher"
}

mkdir -p "$place"
# Two that start at the same time must not install over each other.
exec 9>"$place/.lock"
flock 9

if ! present; then
    printf 'powershell: restoring PowerShell and Pester ...\n' >&2
    (cd "$root" && dotnet tool restore >&2) || fail "the dotnet tools could not be restored." "Check the network and the package registry of NuGet."
    packages=$(dotnet msbuild "$here/Modules.csproj" -restore -t:Modules -getProperty:NuGetPackageRoot -nologo -v:q) || fail \
        "Pester could not be restored: $packages" "Check the network and the package registry of NuGet."
    write_launcher "$packages"
    installed_from > "$place/installed-from"
fi

printf '%s\n' "${PWSH_BIN:-$launcher}"
