using Millrace.Columnar;
using Millrace.Formats.Csv;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Csv;

public class CsvRoundTripTests
{
    private static readonly TypeId[] Scalars =
    [
        TypeId.Boolean, TypeId.Int8, TypeId.Int16, TypeId.Int32, TypeId.Int64, TypeId.UInt8, TypeId.UInt16, TypeId.UInt32, TypeId.UInt64,
        TypeId.Float32, TypeId.Float64, TypeId.Decimal, TypeId.Utf8, TypeId.Binary, TypeId.FixedBinary, TypeId.Uuid, TypeId.Date, TypeId.Time,
        TypeId.Timestamp, TypeId.Interval, TypeId.Json,
    ];

    public static IEnumerable<TheoryDataRow<int>> Seeds => Enumerable.Range(1, 60).Select(s => new TheoryDataRow<int>(s));

    [Theory]
    [MemberData(nameof(Seeds))]
    public Task What_is_written_is_read_back_in_any_dialect_and_with_any_window(int seed) => LeakCheck.RunAsync(async () =>
    {
        var random = new Random(seed);
        var batches = new RandomBatches(seed, new RandomOptions { Types = Scalars, Sliced = random.Next(2) == 0 });
        CsvOptions options = RandomDialect(random);
        using RecordBatch batch = batches.Batch(random.Next(1, 8), random.Next(0, 300));
        byte[] bytes = await CsvTable.WriteAsync(batch, options);

        int chunk = random.Next(3) switch { 0 => 1, 1 => random.Next(2, 100), _ => 1 << 20 };
        int window = random.Next(3) switch { 0 => 256, 1 => random.Next(16, 4096), _ => CsvRecords.WindowSize };
        FileInspection inspection = new() { Schema = batch.Schema, Options = options with { Header = options.Header ?? true } };
        List<RecordBatch> read = await CsvTable.ReadAsync(new Text.ChunkedSource(bytes, chunk), inspection, batch.Schema, batchRows: random.Next(1, 400), windowSize: window, declared: true);
        try
        {
            if (batch.Length == 0)
            {
                Assert.Empty(read);
            }
            else
            {
                BatchAssert.EqualRows([batch], read);
            }
        }
        finally
        {
            read.ForEach(b => b.Dispose());
        }
    });

    private static CsvOptions RandomDialect(Random random)
    {
        string quote = Pick(random, "\"", "\"", "'");
        string? escape = Pick(random, null, null, "none", "\\");
        return new CsvOptions
        {
            Delimiter = Pick(random, "comma", "semicolon", "tab", "|", ":", "\u0001"),
            Quote = quote,
            Escape = escape,
            Header = random.Next(3) > 0,
            LineEnding = random.Next(2) == 0 ? CsvLineEnding.Lf : CsvLineEnding.CrLf,
            Quoting = (CsvQuoting)random.Next(3),
            NullValues = Pick<IReadOnlyList<string>>(random, [""], ["NULL"], ["\\N"], ["", "NA"], ["0"]),
            Comment = Pick(random, null, "#"),
            DecimalSeparator = Pick(random, null, ".", ","),
            SkipBlankLines = false,
        };
    }

    private static T Pick<T>(Random random, params T[] choices) => choices[random.Next(choices.Length)];
}
