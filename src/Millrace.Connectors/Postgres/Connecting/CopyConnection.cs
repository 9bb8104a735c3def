using System.Reflection;
using Npgsql;

namespace Millrace.Connectors.Postgres;

/// <summary>Prepares connections for copies out of the server.</summary>
internal static class CopyConnection
{
    private const BindingFlags Internal = BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public;

    // Npgsql shows its stream to nobody. With a version that names these otherwise, copies work as well and are slower.
    private static readonly PropertyInfo? Connector = typeof(NpgsqlConnection).GetProperty("Connector", Internal);
    private static readonly PropertyInfo? ReadBuffer = Connector?.PropertyType.GetProperty("ReadBuffer", Internal);
    private static readonly PropertyInfo? Underlying = ReadBuffer?.PropertyType.GetProperty("Underlying", Internal);

    /// <summary>Lets the rows of copies come in messages of many rows. The connection is idle.</summary>
    /// <returns>False if the client library does not let it be done.</returns>
    public static bool JoinRows(NpgsqlConnection connection)
    {
        if (Connector?.GetValue(connection) is not { } connector || ReadBuffer!.GetValue(connector) is not { } buffer || Underlying?.GetValue(buffer) is not Stream stream)
        {
            return false;
        }

        if (stream is not CopyDataJoiner)
        {
            Underlying.SetValue(buffer, new CopyDataJoiner(stream));
        }

        return true;
    }
}
