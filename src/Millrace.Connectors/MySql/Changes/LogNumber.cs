using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Millrace.Sdk;

namespace Millrace.Connectors.MySql;

/// <summary>
/// The number by which a server tells readers of its log apart. A job has the same in every run, so that the server drops what is left of a run
/// that died; two jobs have different ones.
/// </summary>
internal static class LogNumber
{
    // Numbers that people give to servers are smaller.
    private const uint First = 1u << 30;

    public static uint Of(ConnectorContext context, TableName table)
        => First | (BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{context.Tenant}\n{context.Job}\n{context.Target}\n{table}"))) >> 1);

    public static uint Any() => (uint)RandomNumberGenerator.GetInt32((int)First, int.MaxValue);
}
