using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Millrace.Sdk;

namespace Millrace.Connectors.Postgres;

/// <summary>
/// The name of the slot and the publication of a job that names none: it tells people which job it is, and two jobs apart that
/// read the same table for different targets. Nobody else makes a slot of such a name, so that one left by a first load that died
/// may be dropped.
/// </summary>
internal static class SlotName
{
    // The server allows 63 bytes of lower case, digits and underscores.
    private const int JobLength = 40;

    public static string Of(ConnectorContext context, TableName table) => Of(context.Tenant, context.Job, $"{context.Target}\n{table}");

    /// <summary>The same for what all tables of a job share.</summary>
    public static string Of(ConnectorContext context, JobGroup group) => Of(context.Tenant, group.Job, group.Target);

    private static string Of(string tenant, string name, string rest)
    {
        string job = new([.. name.ToLowerInvariant().Take(JobLength).Select(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) ? c : '_')]);
        uint hash = BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{tenant}\n{name}\n{rest}")));
        return string.Create(CultureInfo.InvariantCulture, $"millrace_{job}_{hash:x8}");
    }
}
