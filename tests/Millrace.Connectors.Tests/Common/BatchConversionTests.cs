using Millrace.Connectors.Common;

namespace Millrace.Connectors.Tests;

/// <summary>Numbers of rows among all that came, where some are set aside.</summary>
public sealed class BatchConversionTests : IRowErrorHandler
{
    private static readonly Schema Schema = new(new Field("v", DataType.Utf8));

    private long _aside;

    [Fact]
    public void A_row_that_was_sent_has_its_number_among_those_that_came() => LeakCheck.Run(() =>
    {
        var conversion = new Conversion(this);
        conversion.Begin();
        Convert(conversion, "1", "x", "3", "4");
        Convert(conversion, "5", "6");
        Convert(conversion, "x");
        Convert(conversion, "8");

        Assert.Equal((6L, 2L), (conversion.Sent, _aside));
        Assert.Equal([0, 2, 3, 4, 5, 7, null], Enumerable.Range(0, 7).Select(i => conversion.Given(i)));
    });

    [Fact]
    public void In_a_long_epoch_the_oldest_rows_lose_their_numbers_and_none_gets_a_wrong_one() => LeakCheck.Run(() =>
    {
        var conversion = new Conversion(this);
        conversion.Begin();
        string[] values = [.. Enumerable.Range(0, 2000).Select(i => i % 2 == 0 ? "x" : "1")];
        const int batches = 150;
        for (int i = 0; i < batches; i++)
        {
            Convert(conversion, values);
        }

        Assert.Equal(batches * 1000, conversion.Sent);
        long?[] given = [.. Enumerable.Range(0, batches * 1000).Select(i => conversion.Given(i))];
        int forgotten = Array.FindIndex(given, g => g is not null);
        Assert.InRange(given.Length - forgotten, RowRuns.Most / 2, RowRuns.Most);
        Assert.All(given[..forgotten], Assert.Null);
        Assert.Equal(Enumerable.Range(forgotten, given.Length - forgotten).Select(i => (long?)((2L * i) + 1)), given[forgotten..]);
    });

    void IRowErrorHandler.OnRowError(RowError error) => _aside++;

    private static void Convert(Conversion conversion, params string[] values)
    {
        using var texts = new BinaryBuilder(DataType.Utf8, values.Length);
        foreach (string value in values)
        {
            texts.Append(value);
        }

        using var batch = new RecordBatch(Schema, values.Length, texts.Build());
        conversion.Convert(batch, out _)?.Dispose();
    }

    private sealed class Conversion(IRowErrorHandler errors)
        : BatchConversion([new WrittenColumn(0, "v", DataType.Int64, "bigint")], new ErrorCode("MR9999", "A value does not fit.", "None.", Class: ErrorClass.Data), "t", errors)
    {
        protected override void Check(RecordBatch batch, IReadOnlyList<Column> made, RowFaults faults)
        {
        }
    }
}
