using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace VectorMigration.Hosting;

/// <summary>
/// The load context of everything that has dependencies, so that their versions meet those of no other module in the process.
/// The core and whatever the host brings (System.Management.Automation among it) come from the default context.
/// There is one for each folder and process: every runspace of a process shares it.
/// </summary>
public sealed class PrivateLoadContext : AssemblyLoadContext
{
    private static readonly Lock Gate = new();
    private static readonly string RuntimeFolder = RuntimeEnvironment.GetRuntimeDirectory();
    private readonly AssemblyDependencyResolver resolver;

    private PrivateLoadContext(string mainAssembly)
        : base("VectorMigration:" + mainAssembly) => resolver = new AssemblyDependencyResolver(mainAssembly);

    /// <summary>Loads an assembly into the context of its folder, which is made at the first call. The <c>.deps.json</c> beside it says where its
    /// dependencies lie.</summary>
    /// <param name="mainAssembly">Path of the assembly.</param>
    /// <exception cref="FileNotFoundException">It is not there: the module has not been built.</exception>
    [RequiresUnreferencedCode("What is loaded by its path may need what trimming has removed: PowerShell loads, the command line has everything in it.")]
    public static Assembly Load(string mainAssembly)
    {
        string path = Path.GetFullPath(mainAssembly);
        lock (Gate)
        {
            string name = "VectorMigration:" + path;
            AssemblyLoadContext context = All.FirstOrDefault(known => known is PrivateLoadContext && known.Name == name) ?? new PrivateLoadContext(path);
            return context.LoadFromAssemblyPath(path);
        }
    }

    /// <inheritdoc/>
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "A context is made by Load(string) alone, which says so.")]
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        ArgumentNullException.ThrowIfNull(assemblyName);
        Assembly core = typeof(PrivateLoadContext).Assembly;
        if (assemblyName.Name == core.GetName().Name)
        {
            return core;
        }

        // A package may bring a newer copy of what the runtime has, whose types are not those that the core and the runtime use.
        if (assemblyName.Name is string name && name.StartsWith("System.", StringComparison.Ordinal) && File.Exists(Path.Combine(RuntimeFolder, name + ".dll")))
        {
            return null;
        }

        string? path = resolver.ResolveAssemblyToPath(assemblyName);
        return path is null ? null : LoadFromAssemblyPath(path);
    }

    /// <inheritdoc/>
    protected override nint LoadUnmanagedDll(string unmanagedDllName)
    {
        string? path = resolver.ResolveUnmanagedDllToPath(unmanagedDllName);
        return path is null ? nint.Zero : LoadUnmanagedDllFromPath(path);
    }
}
