using System.Text;

namespace Millrace.Formats.Avro;

/// <summary>The start of an object container file (specification, section Object Container Files).</summary>
/// <param name="Schema">What the file was written with.</param>
/// <param name="Codec">Name of the codec of its blocks.</param>
/// <param name="Metadata">The other properties of the file, as text where they are text.</param>
/// <param name="Sync">The marker that ends the header and every block.</param>
/// <param name="Length">Bytes of the header: where the first block starts.</param>
internal sealed record AvroHeader(AvroType Schema, string Codec, IReadOnlyDictionary<string, string> Metadata, byte[] Sync, int Length)
{
    public const int SyncSize = 16;
    public const string SchemaKey = "avro.schema";
    public const string CodecKey = "avro.codec";

    /// <summary>Properties that begin so belong to the specification.</summary>
    public const string ReservedPrefix = "avro.";

    private const int FirstRead = 32 << 10;
    private const int MaxLength = 16 << 20;

    public static ReadOnlySpan<byte> Magic => "Obj\u0001"u8;

    public static async ValueTask<AvroHeader> ReadAsync(IByteSource source, CancellationToken cancellation)
    {
        byte[] bytes = new byte[(int)Math.Min(FirstRead, Math.Max(source.Length, Magic.Length))];
        int length = await source.ReadFullyAsync(0, bytes, cancellation).ConfigureAwait(false);
        while (true)
        {
            if (TryParse(bytes.AsSpan(0, length), source.Name, out AvroHeader? header))
            {
                return header;
            }

            if (length < bytes.Length)
            {
                throw AvroErrors.Truncated(source.Name, length, "its header");
            }

            if (bytes.Length >= MaxLength)
            {
                throw AvroErrors.Limit($"The header is longer than {MaxLength} bytes").At(ErrorPlace.AtOffset(source.Name, MaxLength));
            }

            Array.Resize(ref bytes, (int)Math.Min(MaxLength, bytes.Length * 4L));
            length += await source.ReadFullyAsync(length, bytes.AsMemory(length), cancellation).ConfigureAwait(false);
        }
    }

    // False when the header goes on behind the bytes.
    private static bool TryParse(ReadOnlySpan<byte> bytes, string file, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out AvroHeader? header)
    {
        header = null;
        if (!bytes.StartsWith(Magic))
        {
            throw AvroErrors.NotAvro(file);
        }

        var reader = new AvroHeaderReader(bytes, Magic.Length, file);
        var entries = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        while (true)
        {
            if (!reader.TryReadCount(out long count))
            {
                return false;
            }

            if (count == 0)
            {
                break;
            }

            for (long i = 0; i < count; i++)
            {
                if (!reader.TryReadBytes(out ReadOnlySpan<byte> key) || !reader.TryReadBytes(out ReadOnlySpan<byte> value))
                {
                    return false;
                }

                entries[Encoding.UTF8.GetString(key)] = value.ToArray();
            }
        }

        if (!reader.TryTake(SyncSize, out ReadOnlySpan<byte> sync))
        {
            return false;
        }

        header = Create(entries, sync.ToArray(), reader.Position, file);
        return true;
    }

    private static AvroHeader Create(Dictionary<string, byte[]> entries, byte[] sync, int length, string file)
    {
        if (!entries.TryGetValue(SchemaKey, out byte[]? json))
        {
            throw AvroErrors.Header(file, 0, $"it has no '{SchemaKey}'");
        }

        AvroType schema;
        try
        {
            schema = AvroType.Parse(Encoding.UTF8.GetString(json));
        }
        catch (MillraceException e)
        {
            throw e.At(new ErrorPlace { File = file });
        }

        string codec = entries.TryGetValue(CodecKey, out byte[]? name) ? Encoding.UTF8.GetString(name) : AvroCodecs.None;
        var metadata = entries
            .Where(e => !e.Key.StartsWith(ReservedPrefix, StringComparison.Ordinal))
            .ToDictionary(e => e.Key, e => Encoding.UTF8.GetString(e.Value), StringComparer.Ordinal);
        return new AvroHeader(schema, codec, metadata, sync, length);
    }
}
