using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;

namespace VectorMigration.Files;

/// <summary>Access lists of Windows, which has no modes: a file of its owner alone, and whether others may read one.</summary>
[SupportedOSPlatform("windows")]
internal static class OwnerAccess
{
    private static readonly WellKnownSidType[] Everybody =
        [WellKnownSidType.WorldSid, WellKnownSidType.AuthenticatedUserSid, WellKnownSidType.BuiltinUsersSid, WellKnownSidType.AnonymousSid];

    /// <summary>
    /// Gives a file to this user, the system and the administrators, as a mode of 0600 does elsewhere. A file system without access lists keeps the file
    /// as it is.
    /// </summary>
    public static void Restrict(string path)
    {
        try
        {
            using WindowsIdentity user = WindowsIdentity.GetCurrent();
            var access = new FileSecurity();
            access.SetAccessRuleProtection(isProtected: true, preserveInheritance: false);
            SecurityIdentifier?[] owners = [user.User, new SecurityIdentifier(WellKnownSidType.LocalSystemSid, null),
                new SecurityIdentifier(WellKnownSidType.BuiltinAdministratorsSid, null)];
            foreach (SecurityIdentifier owner in owners.OfType<SecurityIdentifier>())
            {
                access.AddAccessRule(new FileSystemAccessRule(owner, FileSystemRights.FullControl, AccessControlType.Allow));
            }

            new FileInfo(path).SetAccessControl(access);
        }
        catch (Exception e) when (IsUnsupported(e))
        {
            // A share or a FAT volume: whoever may enter the folder may read the file.
        }
    }

    /// <summary>Whether groups that everybody belongs to may read a file.</summary>
    public static bool IsOpenToOthers(string path)
    {
        try
        {
            AuthorizationRuleCollection rules = new FileInfo(path).GetAccessControl(AccessControlSections.Access)
                .GetAccessRules(includeExplicit: true, includeInherited: true, typeof(SecurityIdentifier));
            return rules.OfType<FileSystemAccessRule>().Any(static rule => rule.AccessControlType == AccessControlType.Allow
                && rule.FileSystemRights.HasFlag(FileSystemRights.ReadData)
                && rule.IdentityReference is SecurityIdentifier group && Everybody.Any(group.IsWellKnown));
        }
        catch (Exception e) when (IsUnsupported(e))
        {
            return false;
        }
    }

    private static bool IsUnsupported(Exception e) => e is IOException or UnauthorizedAccessException or NotSupportedException or InvalidOperationException
        or PrivilegeNotHeldException or IdentityNotMappedException;
}
