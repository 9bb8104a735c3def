using Millrace.Columnar;
using Millrace.Formats.Avro;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Avro;

/// <summary>Columns that are wanted in another type than the file's.</summary>
public class AvroCastTests
{
    private const string Record = "{\"type\":\"record\",\"name\":\"r\",\"fields\":[{\"name\":\"i\",\"type\":\"int\"},{\"name\":\"s\",\"type\":\"string\"}]}";

    [Theory]
    [InlineData("bigint", "{\"i\":1}|{\"i\":-2}|{\"i\":300}")]
    [InlineData("double", "{\"i\":1}|{\"i\":-2}|{\"i\":300}")]
    [InlineData("decimal(5,1)", "{\"i\":1.0}|{\"i\":-2.0}|{\"i\":300.0}")]
    [InlineData("varchar", "{\"i\":\"1\"}|{\"i\":\"-2\"}|{\"i\":\"300\"}")]
    public async Task A_column_is_converted(string type, string expected)
    {
        using var leaks = new LeakCheck();
        byte[] file = AvroContainer.Of(Record, "null", (2, [2, 2, 97, 3, 0]), (1, [.. AvroContainer.Long(300), 0])).ToFile();
        Assert.Equal(expected.Split('|'), (await ReadAsync(file, new Field("i", DataType.Parse(type)), new CollectedErrors())).Rows);
    }

    [Fact]
    public async Task A_value_that_cannot_be_converted_makes_a_bad_row()
    {
        using var leaks = new LeakCheck();
        byte[] file = AvroContainer.Of(Record, "null", (3, [2, 2, 97, 4, 2, 55, 6, 2, 98]), (1, [8, 2, 57]), (1, [8, 2, 99])).ToFile();
        var errors = new CollectedErrors();
        (List<string> rows, long position) = await ReadAsync(file, new Field("s", DataType.Int32), errors);
        Assert.Equal(["{\"s\":7}", "{\"s\":9}"], rows);
        Assert.Equal(["02 02 61", "06 02 62", "08 02 63"], errors.Errors.Select(e => string.Join(' ', e.Raw.ToArray().Select(b => $"{b:x2}"))));
        Assert.All(errors.Errors, e => Assert.Equal("s", e.Place.Field));
        Assert.Equal(5, position);
    }

    [Fact]
    public async Task A_conversion_that_does_not_exist_is_an_error_at_once()
    {
        using var leaks = new LeakCheck();
        byte[] file = AvroContainer.Of(Record, "null").ToFile();
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => ReadAsync(file, new Field("i", DataType.Uuid), new CollectedErrors()));
        Assert.Equal("MR2905", error.Code.Id);
    }

    private static async Task<(List<string> Rows, long Position)> ReadAsync(byte[] file, Field column, IRowErrorHandler errors)
    {
        var request = new FileReadRequest { Columns = new Schema(column), Range = FileRange.Whole(file.Length), RowErrors = errors };
        await using IBatchReader reader = new AvroFormat().OpenReader(new MemoryByteSource(file), await AvroFiles.InspectAsync(file), request);
        var rows = new List<string>();
        while (await reader.ReadAsync(CancellationToken.None) is { } batch)
        {
            rows.AddRange(ColumnText.Rows(batch));
            batch.Dispose();
        }

        return (rows, reader.Position.Row);
    }
}
