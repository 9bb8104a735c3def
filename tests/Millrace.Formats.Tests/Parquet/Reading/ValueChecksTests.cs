using Millrace.Columnar;
using Millrace.Formats.Parquet;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Parquet;

/// <summary>Values that no writer should have written.</summary>
public class ValueChecksTests
{
    [Fact]
    public async Task Text_that_is_not_utf8_makes_a_bad_row()
    {
        using var leaks = new LeakCheck();
        using var builder = new BinaryBuilder(DataType.Utf8);
        builder.Append("é");
        builder.Append([0xC3]);
        builder.Append([0xA9]);
        builder.AppendNull();
        builder.Append("last");
        Assert.Equal(["""{"c":"é"}""", """{"c":null}""", """{"c":"last"}"""], await ReadAsync(builder.Build(), "MR2005", 2));
    }

    [Fact]
    public async Task Text_that_is_not_utf8_within_a_list_makes_a_bad_row()
    {
        using var leaks = new LeakCheck();
        using var builder = new ListBuilder(DataType.List(DataType.Struct(new Field("t", DataType.Utf8))));
        var items = (StructBuilder)builder.Items;
        foreach (byte[][] row in new byte[][][] { [[97]], [], [[98], [0xFF]], [[0xFF], [99]], [[100]] })
        {
            foreach (byte[] item in row)
            {
                ((BinaryBuilder)items.Fields[0]).Append(item);
                items.AppendRow();
            }

            builder.AppendRow();
        }

        Assert.Equal(["""{"c":[{"t":"a"}]}""", """{"c":[]}""", """{"c":[{"t":"d"}]}"""], await ReadAsync(builder.Build(), "MR2005", 2));
    }

    [Fact]
    public async Task A_decimal_of_more_digits_than_declared_makes_a_bad_row()
    {
        using var leaks = new LeakCheck();
        using var builder = new FixedBuilder<Int128>(DataType.Decimal(4, 2));
        builder.Append([9999, -9999, 10_000, -10_000]);
        Assert.Equal(["""{"c":99.99}""", """{"c":-99.99}"""], await ReadAsync(builder.Build(), "MR2004", 2));
    }

    // The rows that come through; each of the others is reported.
    private static async Task<List<string>> ReadAsync(Column column, string code, int bad)
    {
        var format = new ParquetFormat();
        using var stream = new MemoryStream();
        using (var batch = new RecordBatch(new Schema(new Field("c", column.Type)), column.Length, column))
        {
            await using IBatchWriter writer = format.OpenWriter(new StreamByteTarget(stream), batch.Schema, new ParquetOptions());
            await writer.WriteAsync(batch, CancellationToken.None);
            await writer.FinishAsync(CancellationToken.None);
        }

        var source = new MemoryByteSource(stream.ToArray());
        FileInspection inspection = await format.InspectAsync(source, new ParquetOptions(), CancellationToken.None);
        var errors = new Errors();
        var request = new FileReadRequest { Columns = inspection.Schema, Range = FileRange.Whole(source.Length), RowErrors = errors };
        await using IBatchReader reader = format.OpenReader(source, inspection, request);
        var rows = new List<string>();
        while (await reader.ReadAsync(CancellationToken.None) is { } batch)
        {
            rows.AddRange(ColumnText.Rows(batch));
            batch.Dispose();
        }

        Assert.Equal(Enumerable.Repeat(code, bad), errors.Codes);
        return rows;
    }

    private sealed class Errors : IRowErrorHandler
    {
        public List<string> Codes { get; } = [];

        public void OnRowError(RowError error) => Codes.Add(error.Code.Id);
    }
}
