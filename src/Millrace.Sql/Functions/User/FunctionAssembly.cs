using System.Reflection;
using System.Runtime.Loader;

namespace Millrace.Sql.Functions;

/// <summary>
/// Loads assemblies with functions. Each has a context of its own, so that its dependencies, which lie beside it, do not meet those
/// of others or of Millrace; only Millrace itself is shared. The file is not held open: it can be built anew and loaded again.
/// </summary>
public static class FunctionAssembly
{
    /// <summary>The functions of an assembly.</summary>
    /// <param name="path">Path of the .dll.</param>
    public static IReadOnlyList<SqlFunction> Load(string path)
    {
        string origin = Path.GetFileName(path);
        if (!File.Exists(path))
        {
            throw UserFunctionErrors.NoAssemblyCode.Error($"There is no file {path}.");
        }

        try
        {
            return UserFunctions.Of(new Context(Path.GetFullPath(path)).Load(), origin);
        }
        catch (BadImageFormatException e)
        {
            throw UserFunctionErrors.NoAssemblyCode.Error($"{path} is no .NET assembly.", inner: e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or TypeLoadException or MissingMethodException or InvalidOperationException)
        {
            throw UserFunctionErrors.NoAssemblyCode.Error($"{path} cannot be loaded: {e.Message}", inner: e);
        }
    }

    private sealed class Context(string path) : AssemblyLoadContext(Path.GetFileNameWithoutExtension(path), isCollectible: false)
    {
        private readonly AssemblyDependencyResolver _resolver = new(path);

        public Assembly Load() => FromFile(path);

        protected override Assembly? Load(AssemblyName name)
        {
            if (name.Name is null || name.Name.StartsWith("Millrace.", StringComparison.Ordinal))
            {
                return null;
            }

            string? found = _resolver.ResolveAssemblyToPath(name);
            string beside = Path.Combine(Path.GetDirectoryName(path)!, name.Name + ".dll");
            return found is not null ? FromFile(found) : File.Exists(beside) ? FromFile(beside) : null;
        }

        protected override nint LoadUnmanagedDll(string unmanagedDllName)
            => _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } found ? LoadUnmanagedDllFromPath(found) : 0;

        private Assembly FromFile(string file)
        {
            using var bytes = new MemoryStream(File.ReadAllBytes(file));
            return LoadFromStream(bytes);
        }
    }
}
