using Millrace.Columnar;
using Millrace.Formats.Csv;
using Millrace.Formats.Text;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Csv;

public class CsvTokenizerTests
{
    public static IEnumerable<TheoryDataRow<int>> Seeds => Enumerable.Range(1, 200).Select(s => new TheoryDataRow<int>(s));

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Every_vector_width_cuts_as_a_machine_that_goes_byte_by_byte(int seed) => LeakCheck.Run(() =>
    {
        var random = new Random(seed);
        byte[] text = MessyText.Generate(random, random.Next(1, 400));
        var dialect = new CsvDialect
        {
            Delimiter = (byte)',',
            Quote = seed % 7 == 0 ? CsvCharacter.None : '"',
            Escape = seed % 4 == 0 ? '\\' : CsvCharacter.None,
            Comment = seed % 5 == 0 ? '#' : CsvCharacter.None,
            Trim = seed % 3 == 0,
        };
        (List<int> entries, List<int> rowEnds) = ByteByByte(text, dialect);
        foreach (VectorWidth width in VectorWidths.Supported)
        {
            using CsvTokenizer tokenizer = CsvTokenizer.Create(dialect, width, 1 << 16);
            Scan(tokenizer, text, random);
            (List<int> foundEntries, List<int> foundEnds) = Lists(tokenizer);
            Assert.Equal(entries, foundEntries);
            Assert.Equal(rowEnds, foundEnds);
        }
    });

    // The text comes in pieces, as from a file.
    private static unsafe void Scan(CsvTokenizer tokenizer, byte[] text, Random random)
    {
        var padded = new byte[text.Length + TextWindow.Padding];
        text.CopyTo(padded, 0);
        padded.AsSpan(text.Length).Fill((byte)'\n');
        fixed (byte* start = padded)
        {
            int end = 0;
            while (end < text.Length)
            {
                end = Math.Min(text.Length, end + random.Next(1, 300));
                tokenizer.Scan(start, end, end == text.Length);
            }

            tokenizer.EndText();
        }
    }

    private static unsafe (List<int> Entries, List<int> RowEnds) Lists(CsvTokenizer tokenizer)
    {
        var entries = new List<int>();
        for (int i = 0; i <= tokenizer.EntryCount; i++)
        {
            entries.Add(tokenizer.Entries[i]);
        }

        return (entries, [.. Enumerable.Range(0, tokenizer.RowCount).Select(r => tokenizer.RowEnds[r])]);
    }

    private static (List<int> Entries, List<int> RowEnds) ByteByByte(byte[] text, CsvDialect dialect)
    {
        List<int> entries = [-1];
        List<int> rowEnds = [];
        bool recordStart = true, fieldStart = true, quoted = false, comment = false, afterQuote = false, escaped = false;
        for (int i = 0; i < text.Length; i++)
        {
            char c = (char)text[i];
            bool lineFeedFollows = i + 1 < text.Length && text[i + 1] == '\n';
            bool lineEnd = c == '\n' || (c == '\r' && !lineFeedFollows);
            if (escaped)
            {
                escaped = false;
                continue;
            }

            if (comment || quoted)
            {
                if (comment && lineEnd)
                {
                    entries.Add(i);
                    rowEnds.Add(entries.Count - 1);
                    (comment, recordStart, fieldStart) = (false, true, true);
                }
                else if (quoted && c == dialect.Escape)
                {
                    escaped = true;
                }
                else if (quoted && c == dialect.Quote)
                {
                    if (i + 1 < text.Length && text[i + 1] == dialect.Quote)
                    {
                        i++;
                    }
                    else
                    {
                        (quoted, afterQuote) = (false, true);
                    }
                }

                continue;
            }

            if (c == dialect.Delimiter || c == '\r' || c == '\n')
            {
                entries.Add(i);
                if (lineEnd)
                {
                    rowEnds.Add(entries.Count - 1);
                }

                (recordStart, fieldStart, afterQuote) = (lineEnd, true, false);
                continue;
            }

            if (recordStart && c == dialect.Comment)
            {
                comment = true;
            }
            else if (fieldStart && c == dialect.Quote)
            {
                quoted = true;
            }
            else if (c == ' ' && dialect.Trim && (fieldStart || afterQuote))
            {
                recordStart = false;
                continue;
            }
            else if (c == dialect.Escape)
            {
                escaped = true;
            }

            (recordStart, fieldStart, afterQuote) = (false, false, false);
        }

        if (!recordStart)
        {
            entries.Add(text.Length);
            rowEnds.Add(entries.Count - 1);
        }

        return (entries, rowEnds);
    }
}
