namespace Millrace.Formats.Parquet;

/// <summary>How the values of a leaf may be encoded.</summary>
/// <param name="Dictionary">Whether a dictionary is tried.</param>
/// <param name="Insist">Whether the dictionary is kept even where it does not pay.</param>
/// <param name="Direct">What values without a dictionary are encoded with.</param>
/// <param name="DictionaryBytes">The most that a dictionary may hold.</param>
internal sealed record LeafEncoding(bool Dictionary, bool Insist, ParquetEncoding Direct, int DictionaryBytes)
{
    private const int AllDictionaries = 16 << 20;
    private const int MinDictionary = 16 << 10;
    private const int MaxDictionary = 1 << 20;

    /// <summary>Names in the option <c>encodings</c>.</summary>
    public static IReadOnlyDictionary<string, ParquetEncoding> Names { get; } = new Dictionary<string, ParquetEncoding>(StringComparer.OrdinalIgnoreCase)
    {
        ["plain"] = ParquetEncoding.Plain,
        ["dictionary"] = ParquetEncoding.RleDictionary,
        ["rle"] = ParquetEncoding.Rle,
        ["delta_binary_packed"] = ParquetEncoding.DeltaBinaryPacked,
        ["delta_length_byte_array"] = ParquetEncoding.DeltaLengthByteArray,
        ["delta_byte_array"] = ParquetEncoding.DeltaByteArray,
        ["byte_stream_split"] = ParquetEncoding.ByteStreamSplit,
    };

    /// <param name="leaf">The leaf.</param>
    /// <param name="leaves">Leaves of the file, among which the memory for dictionaries is shared out.</param>
    /// <param name="options">What the user wants.</param>
    public static LeafEncoding For(LeafLayout leaf, int leaves, ParquetOptions options)
    {
        int bytes = options.DictionaryBytes ?? Math.Clamp(AllDictionaries / leaves, MinDictionary, MaxDictionary);
        ParquetEncoding usual = Usual(leaf.Physical, options);
        if (options.Encodings is null || !options.Encodings.TryGetValue(leaf.Name, out string? name))
        {
            return new(options.Dictionary && leaf.Physical != PhysicalType.Boolean, false, usual, bytes);
        }

        if (!Names.TryGetValue(name, out ParquetEncoding wanted) || !IsAllowed(wanted, leaf.Physical))
        {
            throw ParquetWriteErrors.Encoding(name, leaf.Name, leaf.Physical);
        }

        return wanted == ParquetEncoding.RleDictionary ? new(true, true, usual, bytes) : new(false, false, wanted, bytes);
    }

    /// <summary>Throws when the options name a column that is not among the leaves.</summary>
    public static void CheckColumns(IReadOnlyList<LeafLayout> leaves, ParquetOptions options)
    {
        string[] columns = [.. leaves.Select(l => l.Name)];
        if (options.Encodings?.Keys.FirstOrDefault(c => !columns.Contains(c)) is { } unknown)
        {
            throw ParquetWriteErrors.UnknownColumn("encodings", unknown, columns);
        }

        if (options.BloomFilters?.FirstOrDefault(c => !columns.Contains(c)) is { } filtered)
        {
            throw ParquetWriteErrors.UnknownColumn("bloom_filters", filtered, columns);
        }
    }

    private static ParquetEncoding Usual(PhysicalType type, ParquetOptions options) => type switch
    {
        PhysicalType.Boolean => options.DataPageVersion == 2 ? ParquetEncoding.Rle : ParquetEncoding.Plain,
        PhysicalType.Int32 or PhysicalType.Int64 when options.DeltaEncodings => ParquetEncoding.DeltaBinaryPacked,
        PhysicalType.ByteArray when options.DeltaEncodings => ParquetEncoding.DeltaLengthByteArray,
        _ => ParquetEncoding.Plain,
    };

    private static bool IsAllowed(ParquetEncoding encoding, PhysicalType type) => encoding switch
    {
        ParquetEncoding.Plain => true,
        ParquetEncoding.Rle => type == PhysicalType.Boolean,
        ParquetEncoding.RleDictionary => type != PhysicalType.Boolean,
        ParquetEncoding.DeltaBinaryPacked => type is PhysicalType.Int32 or PhysicalType.Int64,
        ParquetEncoding.DeltaLengthByteArray => type == PhysicalType.ByteArray,
        ParquetEncoding.DeltaByteArray => type is PhysicalType.ByteArray or PhysicalType.FixedLenByteArray,
        _ => type is not (PhysicalType.Boolean or PhysicalType.ByteArray),
    };
}
