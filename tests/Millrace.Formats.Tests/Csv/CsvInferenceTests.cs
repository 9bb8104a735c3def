using System.Text;
using Millrace.Columnar;
using Millrace.Formats.Csv;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Csv;

public class CsvInferenceTests
{
    private static readonly string[][] Kinds =
    [
        ["1", "-2", "30", " 4", "5 ", "\"6\"", "9223372036854775807", "-9223372036854775808", "0", "123456789012345678"],
        ["1.5", "-2", ".5", "3.", "1e10", "-0", "\" 7.25\"", "12345678.12345678", "1E-300", "nan", "inf", "-Infinity"],
        ["12345678901234567890", "1", "-99999999999999999999999999999999999999", "0"],
        ["true", "FALSE", " true", "\"False\"", "True"],
        ["2024-01-01", "1999-12-31", "\"2000-02-29\"", "0001-01-01", " 2024-01-02", "-0044-03-15"],
        ["2024-01-01 10:00:00", "2024-01-01T10:00", "2024-01-01", "2024-01-01 10:00:00.123456789", "\"1969-12-31 23:59:59.5\""],
        ["2024-01-01 10:00:00Z", "2024-01-01T10:00+02:00", "2024-01-01 10:00:00 UTC"],
        ["10:00", "23:59:59.999999", "00:00:00", "\"01:02:03\""],
        ["31.12.2024", "1.2.2023", "\"15.06.2020\""],
        ["12/31/2024 10:00", "02/28/2023 23:59", "06/15/2020 00:00"],
        ["007", "12", "000"],
        ["a", "", "\"\"", "1", "2024-01-01", "é", "x y"],
    ];

    public static IEnumerable<TheoryDataRow<int>> Seeds => Enumerable.Range(1, 120).Select(s => new TheoryDataRow<int>(s));

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task A_type_that_was_inferred_from_all_values_holds_all_of_them(int seed)
    {
        var random = new Random(seed);
        string[][] columns = [.. Enumerable.Range(0, random.Next(2, 6)).Select(_ => Kinds[random.Next(Kinds.Length)])];
        var text = new StringBuilder().AppendJoin(';', columns.Select((_, i) => $"c{i}")).Append('\n');
        int rows = random.Next(2, 60);
        for (int row = 0; row < rows; row++)
        {
            text.AppendJoin(';', columns.Select(k => Value(random, k))).Append('\n');
        }

        byte[] bytes = Encoding.UTF8.GetBytes(text.ToString());
        FileInspection found = await CsvTable.InspectAsync(bytes, new CsvOptions { Delimiter = ";", Header = true });
        List<RecordBatch> batches = await CsvTable.ReadAsync(new MemoryByteSource(bytes), found, found.Schema);
        Assert.Equal(rows, batches.Sum(b => b.Length));
        batches.ForEach(b => b.Dispose());
    }

    // Now and then a column holds a value of another kind, a null or blanks.
    private static string Value(Random random, string[] kind) => random.Next(40) switch
    {
        0 => "",
        1 => "  ",
        2 when kind.Length % 2 == 0 => Kinds[random.Next(Kinds.Length)][0],
        _ => kind[random.Next(kind.Length)],
    };
}
