using Millrace.Columnar;
using Millrace.Formats.Csv;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Csv;

public class CsvFuzzTests
{
    private static readonly string[] Types = ["boolean", "tinyint", "bigint", "ubigint", "real", "double", "decimal(38,10)", "date", "time", "timestamp(9)", "timestamptz", "interval", "uuid", "fixed(3)", "bytes", "json", "varchar"];

    public static IEnumerable<TheoryDataRow<int>> Seeds => Enumerable.Range(1, 40).Select(s => new TheoryDataRow<int>(s));

    [Theory]
    [MemberData(nameof(Seeds))]
    public Task Any_bytes_end_in_rows_bad_rows_or_an_error_with_a_code(int seed) => LeakCheck.RunAsync(async () =>
    {
        var random = new Random(seed);
        for (int i = 0; i < 25; i++)
        {
            byte[] bytes = Bytes(random);
            try
            {
                await InspectAndReadAsync(bytes, random);
            }
            catch (MillraceException error)
            {
                Assert.NotEqual(ErrorDomain.Internal, error.Code.Domain);
            }
            catch (SchemaWideningException)
            {
            }
        }
    });

    private static async Task InspectAndReadAsync(byte[] bytes, Random random)
    {
        CsvOptions options = Options(random);
        FileInspection found = await CsvTable.InspectAsync(bytes, options);
        Schema columns = random.Next(2) == 0
            ? found.Schema
            : new Schema(found.Schema.Fields.Where(_ => random.Next(3) > 0).Select(f => f.WithType(DataType.Parse(Types[random.Next(Types.Length)]))));
        var errors = new CollectedErrors();
        List<RecordBatch> batches = await CsvTable.ReadAsync(
            new Text.ChunkedSource(bytes, random.Next(1, 500)),
            found,
            columns,
            batchRows: random.Next(1, 100),
            windowSize: random.Next(16, 1000),
            errors: errors,
            declared: random.Next(2) == 0);
        long rows = batches.Sum(b => (long)b.Length) + errors.Errors.Count;
        batches.ForEach(b => b.Dispose());
        Assert.InRange(rows, 0, bytes.Length + 1);
    }

    private static byte[] Bytes(Random random)
    {
        byte[] bytes;
        switch (random.Next(4))
        {
            case 0:
                bytes = new byte[random.Next(3000)];
                random.NextBytes(bytes);
                return bytes;
            case 1:
                bytes = MessyText.Generate(random, random.Next(800));
                break;
            default:
                bytes = System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, random.Next(100)).Select(i => $"{i},\"a{i}\",2024-01-{i % 31:00},{i / 7.0},12:00:{i % 60}\r\n")));
                break;
        }

        for (int i = random.Next(10); i > 0 && bytes.Length > 0; i--)
        {
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        }

        return bytes;
    }

    private static CsvOptions Options(Random random) => new()
    {
        Delimiter = Pick(random, null, null, ",", "none", "space", "a"),
        Quote = Pick(random, null, null, "none", "'", "1"),
        Escape = Pick(random, null, "none", "\\", "b"),
        Comment = Pick(random, null, "#", "2"),
        Header = Pick<bool?>(random, null, true, false),
        SkipRows = Pick(random, 0, 0, 3, int.MaxValue),
        Encoding = Pick(random, null, null, "utf-16le", "latin-1", "windows-1252"),
        NullValues = Pick<IReadOnlyList<string>>(random, [""], ["x"], ["1", "é"]),
        DecimalSeparator = Pick(random, null, ","),
        ThousandsSeparator = Pick(random, null, ".", "0"),
        DateFormat = Pick(random, null, "%d%m%y", "%B %-d, %Y"),
        TimestampFormat = Pick(random, null, "%Y%j%I%p%z"),
        MaxFieldBytes = Pick(random, 1, 100, 1 << 20),
        MaxColumns = Pick(random, 1, 10, 10_000),
        ShortRows = Pick(random, CsvShortRows.Bad, CsvShortRows.Pad),
        LongRows = Pick(random, CsvLongRows.Bad, CsvLongRows.Cut),
        SkipBlankLines = Pick<bool?>(random, null, true, false),
        Trim = random.Next(4) == 0,
        SampleRows = random.Next(1, 50),
    };

    private static T Pick<T>(Random random, params T[] choices) => choices[random.Next(choices.Length)];
}
