using System.Globalization;
using System.Text;
using Millrace.Columnar;
using Millrace.Formats.Csv;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Csv;

/// <summary>DuckDB as an independent reader of the same files.</summary>
public class CsvDuckDbTests
{
    private static readonly string[] Texts =
    [
        "", "a", "NULL", "null", " ", " a ", "a b", "x,y", "x;y", "x|y", "tab\there", "line\nbreak", "line\r\nbreak", "\"", "\"\"", "a\"b", "a\"", "it's", "#no", "é", "日本", "😀", "0", "-1", "1.5", "2024-01-01", "\\", "\\N", "end\\", ",", "\n", "true", "1e5", "'", "“”",
    ];

    public static IEnumerable<TheoryDataRow<int>> Seeds => Enumerable.Range(1, 60).Select(s => new TheoryDataRow<int>(s));

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Messy_texts_read_as_DuckDB_reads_them(int seed)
    {
        var random = new Random(seed);
        string delimiter = Pick(random, ",", ";", "\t", "|");
        string lineEnd = Pick(random, "\n", "\r\n");
        int columns = random.Next(2, 6);
        var text = new StringBuilder();
        int rows = random.Next(1, 300);
        for (int row = 0; row < rows; row++)
        {
            for (int c = 0; c < columns; c++)
            {
                text.Append(c > 0 ? delimiter : "").Append(Field(random, delimiter));
            }

            text.Append(row == rows - 1 && random.Next(2) == 0 ? "" : lineEnd);
        }

        using var folder = new TempFolder();
        string path = Path.Combine(folder.Path, "t.csv");
        byte[] bytes = Encoding.UTF8.GetBytes(text.ToString());
        await File.WriteAllBytesAsync(path, bytes);
        string names = string.Join(", ", Enumerable.Range(1, columns).Select(i => $"'column{i}': 'VARCHAR'"));
        OracleTable expected = NodeOracle.DuckDb($"SELECT * FROM read_csv('{path}', auto_detect = false, header = false, delim = '{delimiter}', quote = '\"', escape = '\"', new_line = '{(lineEnd == "\n" ? "\\n" : "\\r\\n")}', nullstr = '', allow_quoted_nulls = false, parallel = false, columns = {{{names}}})");

        CsvOptions options = new() { Delimiter = delimiter, Quote = "\"", Escape = "none", Header = false, AllText = true };
        FileInspection found = await CsvTable.InspectAsync(bytes, options);
        string?[][] actual = CsvTable.ToText(await CsvTable.ReadAsync(new MemoryByteSource(bytes), found, found.Schema, windowSize: random.Next(16, 2000)));
        Assert.Equal(expected.Rows.Select((_, r) => Enumerable.Range(0, columns).Select(c => expected.Text(r, c)).ToArray()), actual);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Dialect_header_and_types_of_tidy_files_are_found_as_DuckDB_finds_them(int seed)
    {
        var random = new Random(seed);
        string delimiter = Pick(random, ",", ";", "\t", "|");
        int columns = random.Next(2, 7);
        string[] kinds = [.. Enumerable.Range(0, columns).Select(_ => Pick(random, "BIGINT", "DOUBLE", "DATE", "TIMESTAMP", "BOOLEAN", "VARCHAR", "TIME"))];
        kinds[0] = "BIGINT";
        var text = new StringBuilder();
        text.AppendJoin(delimiter, kinds.Select((k, i) => $"{k.ToLowerInvariant()}_{i}")).Append('\n');
        for (int row = random.Next(20, 200); row > 0; row--)
        {
            text.AppendJoin(delimiter, kinds.Select(k => row > 1 && random.Next(10) == 0 ? "" : Value(random, k))).Append('\n');
        }

        using var folder = new TempFolder();
        string path = Path.Combine(folder.Path, "t.csv");
        byte[] bytes = Encoding.UTF8.GetBytes(text.ToString());
        await File.WriteAllBytesAsync(path, bytes);
        OracleTable expected = NodeOracle.DuckDb($"SELECT * FROM read_csv('{path}')");
        FileInspection found = await CsvTable.InspectAsync(bytes);
        Assert.Equal(expected.Columns, found.Schema.Fields.Select(f => f.Name));
        Assert.Equal(expected.Types, found.Schema.Fields.Select(f => f.Type.Id == TypeId.Utf8 ? "VARCHAR" : f.Type.ToString().ToUpperInvariant()));

        List<RecordBatch> batches = await CsvTable.ReadAsync(new MemoryByteSource(bytes), found, found.Schema);
        using RecordBatch batch = Assert.Single(batches);
        Assert.Equal(expected.Rows.Count, batch.Length);
        for (int c = 0; c < columns; c++)
        {
            if (batch[c] is FixedColumn<long> numbers && kinds[c] == "BIGINT")
            {
                Assert.Equal(
                    Enumerable.Range(0, batch.Length).Select(r => expected.Text(r, c)),
                    Enumerable.Range(0, batch.Length).Select(r => numbers.IsNull(r) ? null : numbers.Values[r].ToString(CultureInfo.InvariantCulture)));
            }
            else if (batch[c] is FixedColumn<double> doubles)
            {
                Assert.Equal(
                    Enumerable.Range(0, batch.Length).Select(r => expected.Text(r, c) is { } t ? double.Parse(t, CultureInfo.InvariantCulture) : (double?)null),
                    Enumerable.Range(0, batch.Length).Select(r => doubles.IsNull(r) ? (double?)null : doubles.Values[r]));
            }
            else
            {
                Assert.Equal(expected.Rows.Count(r => r![c] is null), batch[c].NullCount);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task DuckDB_reads_what_the_writer_writes(int seed)
    {
        var random = new Random(seed);
        var batches = new RandomBatches(seed, new RandomOptions { Types = [TypeId.Utf8, TypeId.Int64, TypeId.Boolean, TypeId.Date] });
        using RecordBatch batch = batches.Batch(random.Next(2, 6), random.Next(1, 200));
        using var folder = new TempFolder();
        string path = Path.Combine(folder.Path, "t.csv");
        await File.WriteAllBytesAsync(path, await CsvTable.WriteAsync(batch, new CsvOptions { Quoting = (CsvQuoting)random.Next(3) }));
        string types = string.Join(", ", batch.Schema.Fields.Select(f => $"'{f.Name}': '{(f.Type.Id is TypeId.Int64 or TypeId.Boolean ? f.Type.ToString() : "varchar")}'"));
        OracleTable found = NodeOracle.DuckDb($"SELECT * FROM read_csv('{path}', auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"', nullstr = '', allow_quoted_nulls = false, max_line_size = 20000000, columns = {{{types}}})");
        Assert.Equal(batch.Length, found.Rows.Count);
        for (int c = 0; c < batch.Schema.Count; c++)
        {
            for (int row = 0; row < batch.Length; row++)
            {
                Assert.Equal(Text(batch[c], row), found.Text(row, c));
            }
        }
    }

    private static string? Text(Column column, int row) => column.IsNull(row) ? null : column switch
    {
        BinaryColumn texts => texts.GetString(row),
        FixedColumn<long> numbers => numbers.Values[row].ToString(CultureInfo.InvariantCulture),
        BooleanColumn booleans => booleans.Values[row] ? "true" : "false",
        FixedColumn<int> days => DateTextOf(days.Values[row]),
        _ => throw new NotSupportedException(),
    };

    private static string DateTextOf(int days)
    {
        Span<byte> text = stackalloc byte[DateText.MaxLength];
        return Encoding.ASCII.GetString(text[..DateText.Format(days, text)]);
    }

    private static string Field(Random random, string delimiter)
    {
        string value = Texts[random.Next(Texts.Length)];
        bool must = value.Contains(delimiter, StringComparison.Ordinal) || value.Contains('\n') || value.Contains('\r') || value.StartsWith('"') || value.Contains('"');
        return must || random.Next(4) == 0 ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value;
    }

    private static string Value(Random random, string kind) => kind switch
    {
        "BIGINT" => random.Next(-1000, 100_000).ToString(CultureInfo.InvariantCulture),
        "DOUBLE" => $"{random.Next(0, 1000)}.{random.Next(10, 99)}",
        "DATE" => $"20{random.Next(10, 30)}-{random.Next(1, 13):00}-{random.Next(1, 29):00}",
        "TIME" => $"{random.Next(24):00}:{random.Next(60):00}:{random.Next(60):00}",
        "TIMESTAMP" => $"20{random.Next(10, 30)}-{random.Next(1, 13):00}-{random.Next(1, 29):00} {random.Next(24):00}:{random.Next(60):00}:{random.Next(60):00}",
        "BOOLEAN" => random.Next(2) == 0 ? "true" : "false",
        _ => Pick(random, "alpha", "beta", "gamma delta", "x-1", "é"),
    };

    private static T Pick<T>(Random random, params T[] choices) => choices[random.Next(choices.Length)];
}
