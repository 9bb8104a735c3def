using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Millrace.Runtime.Streaming;

namespace Millrace.Runtime;

/// <summary>
/// Ids of dead letters: a hash of whose row it is, where it stands, what is wrong with it and what it holds. An epoch that
/// is done again gives its rows the same ids; a file that got other content gives other ones.
/// </summary>
internal static class DeadLetterId
{
    /// <summary>Hexadecimal digits of an id.</summary>
    public const int Length = 32;

    public static string Of(string tenant, string job, RowError error)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, tenant);
        Append(hash, job);
        Append(hash, error.Place.File ?? error.Place.Stream);
        Append(hash, error.Place.Split);

        // A line is left out where an offset or a row says the same: a resumed read may know only these. Where an expression stands is no
        // place of the row, which is the same when the query was mended.
        long? offset = QueryFaults.IsOfExpression(error) ? null : error.Place.Offset;
        Append(hash, offset is null && error.Place.Row is null ? Number(error.Place.Line) : null);
        Append(hash, Number(offset));
        Append(hash, Number(error.Place.Row));
        Append(hash, error.Code.Id);
        hash.AppendData(error.Raw.Span);
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, Length / 2));
    }

    /// <summary>
    /// The id of a row that equals others of its epoch and whose own place is not known: the first has <paramref name="id"/>, those behind
    /// it, counted from one, have others, the same ones when the epoch is done again.
    /// </summary>
    public static string OfEqual(string id, int count)
        => count == 0 ? id : Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}+{count}"))).AsSpan(0, Length / 2));

    public static bool TryParse(string id, out UInt128 value)
    {
        value = default;
        return id.Length == Length && UInt128.TryParse(id, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }

    private static string? Number(long? number) => number?.ToString(CultureInfo.InvariantCulture);

    // The length in front keeps neighbours apart; a missing part differs from an empty one.
    private static void Append(IncrementalHash hash, string? part)
    {
        Span<byte> length = stackalloc byte[4];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(length, part is null ? -1 : Encoding.UTF8.GetByteCount(part));
        hash.AppendData(length);
        hash.AppendData(Encoding.UTF8.GetBytes(part ?? ""));
    }
}
