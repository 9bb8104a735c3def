using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;

namespace Millrace.Columnar.Interop;

/// <summary>
/// Properties of a field as the C data interface lays them: an int count, then for each key and each value an int length
/// and the bytes, all in the machine's byte order.
/// </summary>
internal static unsafe class ArrowMetadata
{
    public const string ExtensionName = "ARROW:extension:name";
    public const string ExtensionMetadata = "ARROW:extension:metadata";
    public const string UuidExtension = "arrow.uuid";
    public const string JsonExtension = "arrow.json";

    private const int MaxEntries = 100_000;
    private const int MaxBytes = 64 << 20;

    public static byte[] Write(IReadOnlyCollection<KeyValuePair<string, string>> entries)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(entries.Count);
        foreach ((string key, string value) in entries)
        {
            WriteText(writer, key);
            WriteText(writer, value);
        }

        return stream.ToArray();
    }

    public static ImmutableDictionary<string, string> Read(byte* source)
    {
        if (source == null)
        {
            return ImmutableDictionary<string, string>.Empty;
        }

        var entries = ImmutableDictionary.CreateBuilder<string, string>();
        int count = Unsafe.ReadUnaligned<int>(source);
        if (count is < 0 or > MaxEntries)
        {
            throw ArrowErrors.Invalid($"The metadata claims {count} entries, expected 0 to {MaxEntries}");
        }

        source += sizeof(int);
        int budget = MaxBytes;
        for (int i = 0; i < count; i++)
        {
            string key = ReadText(ref source, ref budget);
            entries[key] = ReadText(ref source, ref budget);
        }

        return entries.ToImmutable();
    }

    private static void WriteText(BinaryWriter writer, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        writer.Write(bytes.Length);
        writer.Write(bytes);
    }

    private static string ReadText(ref byte* source, ref int budget)
    {
        int length = Unsafe.ReadUnaligned<int>(source);
        if (length < 0 || length > budget)
        {
            throw ArrowErrors.Invalid($"A metadata text claims {length} bytes, expected 0 to {budget}");
        }

        string text = Encoding.UTF8.GetString(source + sizeof(int), length);
        source += sizeof(int) + length;
        budget -= length;
        return text;
    }
}
