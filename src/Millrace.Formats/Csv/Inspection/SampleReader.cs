using Millrace.Formats.Compression;
using Millrace.Formats.Text;

namespace Millrace.Formats.Csv;

/// <summary>Reads the records of a sample in one dialect.</summary>
internal static class SampleReader
{
    /// <summary>Records whose lines are told.</summary>
    public const int CountedLines = 20;

    /// <summary>Reads records, without blank lines and comments; the last one, which is cut, is left out.</summary>
    /// <param name="sample">The text.</param>
    /// <param name="options">The dialect.</param>
    /// <param name="bytes">Bytes to look at.</param>
    /// <param name="most">Records to look at.</param>
    public static async ValueTask<SampleTable> ReadAsync(TextSample sample, CsvOptions options, int bytes, int most, CancellationToken cancellation)
    {
        CsvOptions plain = options with { Compression = FileCodecs.Name(FileCodec.None), Encoding = TextEncodings.Name(TextEncoding.Utf8) };
        MemoryByteSource source = sample.ToSource("(sample)", bytes);
        bool whole = sample.IsWhole && bytes >= sample.Length;
        var table = new SampleTable();
        CsvRecords records = await CsvRecords.OpenAsync(source, plain, FileRange.Whole(source.Length), cancellation).ConfigureAwait(false);
        await using (records.ConfigureAwait(false))
        {
            using var text = new FieldText(plain, new NullTokens(plain.NullValues));
            while (table.Rows < most && await records.NextAsync(cancellation).ConfigureAwait(false))
            {
                for (int i = 0; i < records.Count && table.Rows < most; i++)
                {
                    bool cut = !whole && records.OffsetOf(i + 1) >= source.Length;
                    if (!cut || table.Rows == 0)
                    {
                        Add(records, i, text, table);
                    }
                }
            }
        }

        return table;
    }

    private static unsafe void Add(CsvRecords records, int record, FieldText text, SampleTable table)
    {
        ReadOnlySpan<byte> bytes = records.Bytes(record);
        if (bytes.Length == 0 || (text.Dialect.Comment >= 0 && bytes[0] == text.Dialect.Comment))
        {
            return;
        }

        int first = records.FirstEntry(record);
        int last = records.LastEntry(record);
        int* entries = records.Entries;
        for (int at = first; at < last; at++)
        {
            var field = new ReadOnlySpan<byte>(records.Text + entries[at] + 1, entries[at + 1] - entries[at] - 1);
            if (text.TryGet(field, out ReadOnlySpan<byte> value))
            {
                table.Add(value, field, text.Dialect);
            }
            else
            {
                table.AddNull();
            }
        }

        table.EndRow(table.Rows < CountedLines ? (int)(records.LineAt(records.StartOf(record)) ?? 0) : 0);
    }
}
