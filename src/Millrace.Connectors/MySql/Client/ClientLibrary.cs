using System.Reflection;
using System.Runtime.InteropServices;

namespace Millrace.Connectors.MySql;

/// <summary>
/// Finds MariaDB Connector/C, which speaks to MySQL and MariaDB alike. It is the system's, not part of this program: only who
/// uses this connector needs it.
/// </summary>
internal static class ClientLibrary
{
    /// <summary>The name that the imports have.</summary>
    public const string Name = "mariadb";

    private static readonly string[] Files = OperatingSystem.IsMacOS()
        ? ["libmariadb.3.dylib", "libmariadb.dylib", "/opt/homebrew/lib/mariadb/libmariadb.3.dylib", "/opt/homebrew/opt/mariadb-connector-c/lib/mariadb/libmariadb.3.dylib"]
        : ["libmariadb.so.3", "libmariadb.so"];

    private static readonly Lazy<nint> Loaded = new(Load);

    /// <summary>Fails with the name of the package where the library is missing.</summary>
    public static void Demand()
    {
        if (Loaded.Value == 0)
        {
            throw MySqlErrors.NoLibrary.Error($"None of {string.Join(", ", Files.Where(f => !f.StartsWith('/')))} was found.");
        }
    }

    private static nint Load()
    {
        nint handle = 0;
        foreach (string file in Files)
        {
            if (NativeLibrary.TryLoad(file, out handle))
            {
                break;
            }
        }

        if (handle != 0)
        {
            NativeLibrary.SetDllImportResolver(Assembly.GetExecutingAssembly(), (name, _, _) => name == Name ? handle : 0);

            // Once, before several threads come: the library does it at the first connection otherwise.
            Native.ServerInit(0, 0, 0);
        }

        return handle;
    }
}
