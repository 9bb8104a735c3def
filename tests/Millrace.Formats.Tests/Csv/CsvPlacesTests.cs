using System.Text;
using Millrace.Columnar;
using Millrace.Formats.Csv;

namespace Millrace.Formats.Tests.Csv;

/// <summary>Rows know the line they begin in, whatever stands between them. The first value of each row says which it is.</summary>
public class CsvPlacesTests
{
    private static readonly CsvOptions Options = new() { Delimiter = ",", Quote = "\"", Header = true, AllText = true };
    private static readonly Schema Columns = new(new Field("line", DataType.Int64), new Field("n", DataType.Int64), new Field("note", DataType.Utf8));

    [Theory]
    [InlineData("\n", 64, 3)]
    [InlineData("\r\n", 64, 3)]
    [InlineData("\r", 200, 1)]
    [InlineData("\n", 1000, 100)]
    [InlineData("\r\n", CsvRecords.WindowSize, 8192)]
    [InlineData("\n", CsvRecords.WindowSize, 8192)]
    public async Task Every_row_knows_its_line(string end, int windowSize, int batchRows)
    {
        byte[] text = Encoding.UTF8.GetBytes(Text(new Random(windowSize), end, out int rows));
        var source = new MemoryByteSource(text, "t.csv");
        FileInspection inspection = await CsvTable.InspectAsync(text, Options);
        int found = 0;
        int ranges = 0;
        await foreach (FileRange range in CsvPlanner.PlanAsync(source, (CsvOptions)inspection.Options, text.Length / 4, default))
        {
            ranges++;
            await using var reader = new CsvReader(source, inspection, new FileReadRequest
            {
                Columns = Columns,
                Range = range,
                BatchRows = batchRows,
                Declared = new HashSet<string> { "line", "n", "note" },
                RowErrors = new CollectedErrors(),
            }, windowSize);
            while (await reader.ReadAsync(default) is { } batch)
            {
                using (batch)
                {
                    ReadOnlyMemory<long> lines = ((FixedColumn<long>)batch[0]).Values.ToArray();
                    Assert.All(Enumerable.Range(0, batch.Length), row => Assert.Equal(lines.Span[row], reader.Places!.Of(row, new ErrorPlace()).Line));
                    found += batch.Length;
                }
            }
        }

        Assert.Equal((rows, true), (found, ranges > 1));
    }

    // Stretches of plain rows, and then all that moves a line.
    private static string Text(Random random, string end, out int rows)
    {
        var text = new StringBuilder("line,n,note").Append(end);
        rows = 0;
        int line = 2;
        for (int i = 0; i < 2000; i++)
        {
            int kind = i % 400 < 200 ? 0 : random.Next(6);
            (string record, int lines, bool isRow) = kind switch
            {
                1 => ($"{line},{i},\"two{end}lines\"", 2, true),
                2 => ("", 1, false),
                3 => ($"{line},short", 1, false),
                4 => ($"{line},none,x", 1, false),
                5 => ($"{line},{i},\"{string.Concat(Enumerable.Repeat(end, 3))}\"", 4, true),
                _ => ($"{line},{i},plain", 1, true),
            };
            text.Append(record).Append(end);
            line += lines;
            rows += isRow ? 1 : 0;
        }

        return text.ToString();
    }
}
