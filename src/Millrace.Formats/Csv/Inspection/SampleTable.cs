using Millrace.Formats.Compression;
using Millrace.Formats.Text;

namespace Millrace.Formats.Csv;

/// <summary>A record of a sample: its fields, null where the field is null.</summary>
internal readonly record struct SampleRow(byte[]?[] Fields, bool[] IsQuoted);

/// <summary>The records of a sample as one dialect reads them.</summary>
internal static class SampleTable
{
    /// <summary>Reads records, without blank lines and comments; the last one, which is cut, is left out.</summary>
    /// <param name="sample">The text.</param>
    /// <param name="options">The dialect.</param>
    /// <param name="bytes">Bytes to look at.</param>
    /// <param name="most">Records to look at.</param>
    public static async ValueTask<List<SampleRow>> ReadAsync(TextSample sample, CsvOptions options, int bytes, int most, CancellationToken cancellation)
    {
        CsvOptions plain = options with { Compression = FileCodecs.Name(FileCodec.None), Encoding = TextEncodings.Name(TextEncoding.Utf8) };
        MemoryByteSource source = sample.ToSource("(sample)", bytes);
        bool whole = sample.IsWhole && bytes >= sample.Length;
        var rows = new List<SampleRow>();
        CsvRecords records = await CsvRecords.OpenAsync(source, plain, FileRange.Whole(source.Length), cancellation).ConfigureAwait(false);
        await using (records.ConfigureAwait(false))
        {
            using var text = new FieldText(plain, new NullTokens(plain.NullValues));
            while (rows.Count < most && await records.NextAsync(cancellation).ConfigureAwait(false))
            {
                for (int i = 0; i < records.Count && rows.Count < most; i++)
                {
                    bool cut = !whole && records.OffsetOf(i + 1) >= source.Length;
                    if (!cut || rows.Count == 0)
                    {
                        Add(records, i, text, rows);
                    }
                }
            }
        }

        return rows;
    }

    private static unsafe void Add(CsvRecords records, int record, FieldText text, List<SampleRow> rows)
    {
        ReadOnlySpan<byte> bytes = records.Bytes(record);
        int first = records.FirstEntry(record);
        int count = records.LastEntry(record) - first;
        if (bytes.Length == 0 || (text.Dialect.Comment >= 0 && bytes[0] == text.Dialect.Comment))
        {
            return;
        }

        var fields = new byte[]?[count];
        var isQuoted = new bool[count];
        int* entries = records.Entries + first;
        for (int c = 0; c < count; c++)
        {
            var field = new ReadOnlySpan<byte>(records.Text + entries[c] + 1, entries[c + 1] - entries[c] - 1);
            fields[c] = text.TryGet(field, out ReadOnlySpan<byte> value) ? value.ToArray() : null;
            isQuoted[c] = field.Length > 0 && field[0] == text.Dialect.Quote;
        }

        rows.Add(new SampleRow(fields, isQuoted));
    }
}
