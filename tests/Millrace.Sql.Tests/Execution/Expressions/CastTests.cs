using Millrace.Sql.Binding;

namespace Millrace.Sql.Tests.Execution;

public sealed class CastTests
{
    private static readonly ColumnVariable Text = new("t", DataType.Utf8);

    [Fact]
    public void Arrays_maps_and_structs_are_read_from_json()
    {
        using var leaks = new LeakCheck();
        string?[] texts =
        [
            "{\"a\":1,\"b\":[\"x\",null,\"y\\n\"],\"m\":{\"k\":1.5,\"l\":null}}", null, "{}", "null", "{\"b\":[],\"z\":{\"deep\":[1]},\"a\":7,\"a\":8}", " {\"a\" : 3 } ", "{\"j\":{\"q\":[1, 2]},\"b\":[\"\\u00e9\"]}",
        ];
        DataType type = DataType.Parse("struct<a integer, b array<varchar>, m map<varchar, decimal(5,2)>, j json>");
        using RecordBatch batch = Batch(texts);
        var cast = new BoundCast(new BoundColumn(Text), type);
        Assert.Equal([1, null, null, null, 7, 3, null], Evaluation.Run(new BoundField(cast, 0), [Text], batch).Values);
        object?[] lists = [.. Evaluation.Run(new BoundField(cast, 1), [Text], batch).Values];
        Assert.Equal([new object?[] { "x", null, "y\n" }, null, null, null, Array.Empty<object?>(), null, new object?[] { "é" }], lists);
        Assert.Equal([null, null, null, null, null, null, "{\"q\":[1, 2]}"], Evaluation.Run(new BoundField(cast, 3), [Text], batch).Values);
        Assert.Equal("{\"k\":1.50,\"l\":null}", Evaluation.Run(new BoundCast(new BoundField(cast, 2), DataType.Utf8), [Text], batch).Values[0]);
    }

    [Theory]
    [InlineData("[1,2")]
    [InlineData("[1] 2")]
    [InlineData("{\"a\":1}")]
    [InlineData("[1,{\"a\":2}]")]
    [InlineData("[1,\"two\"]")]
    [InlineData("[3000000000]")]
    [InlineData("[\"\\ud800\"]")]
    [InlineData("")]
    [InlineData("7")]
    public void Json_of_another_shape_is_a_fault_or_a_null_and_its_neighbours_are_whole(string bad)
    {
        using var leaks = new LeakCheck();
        DataType type = DataType.List(DataType.Int32);
        using RecordBatch batch = Batch("[1,2]", bad, "[3]");
        Evaluation result = Evaluation.Run(new BoundCast(new BoundColumn(Text), type), [Text], batch);
        Assert.Equal("MR5203", Assert.Single(result.Faults).Value.Code.Id);
        Assert.True(result.Faults.ContainsKey(1));
        Assert.Equal([1, 2], (object?[])result.Values[0]!);
        Assert.Equal([3], (object?[])result.Values[2]!);
        Evaluation tried = Evaluation.Run(new BoundCast(new BoundColumn(Text), type, Try: true), [Text], batch);
        Assert.Empty(tried.Faults);
        Assert.Null(tried.Values[1]);
    }

    [Fact]
    public void Casts_that_fail_are_faults_of_their_rows_and_try_makes_nulls()
    {
        using var leaks = new LeakCheck();
        using RecordBatch batch = Batch("12", "x", null, "-3");
        Evaluation strict = Evaluation.Run(new BoundCast(new BoundColumn(Text), DataType.Int32), [Text], batch);
        Assert.Equal([1], strict.Faults.Keys);
        Assert.Equal("'x' is not a valid integer.", strict.Faults[1].Message);
        Assert.Equal([12, null, null, -3], Evaluation.Run(new BoundCast(new BoundColumn(Text), DataType.Int32, Try: true), [Text], batch).Values);
    }

    private static RecordBatch Batch(params string?[] texts)
    {
        using var builder = new BinaryBuilder(DataType.Utf8);
        foreach (string? text in texts)
        {
            if (text is null)
            {
                builder.AppendNull();
            }
            else
            {
                builder.Append(text);
            }
        }

        return new RecordBatch(new Schema(Text.ToField()), texts.Length, builder.Build());
    }
}
