using Millrace.Connectors.Iceberg;

namespace Millrace.Connectors.Tests.Iceberg;

[Specification("Partition Transforms")]
[Specification("Appendix B: 32-bit Hash Requirements")]
public sealed class TransformTests : IDisposable
{
    private readonly LeakCheck _leaks = new();

    public void Dispose() => _leaks.Dispose();

    /// <summary>The hashes of appendix B of the specification.</summary>
    [Theory]
    [InlineData("int", "34", 2017239379)]
    [InlineData("long", "34", 2017239379)]
    [InlineData("decimal(9, 2)", "\"14.20\"", -500754589)]
    [InlineData("decimal(38, 2)", "\"14.20\"", -500754589)]
    [InlineData("date", "\"2017-11-16\"", -653330422)]
    [InlineData("time", "\"22:31:08\"", -662762989)]
    [InlineData("timestamp", "\"2017-11-16T22:31:08\"", -2047944441)]
    [InlineData("timestamp", "\"2017-11-16T22:31:08.000001\"", -1207196810)]
    [InlineData("timestamptz", "\"2017-11-16T14:31:08-08:00\"", -2047944441)]
    [InlineData("timestamptz", "\"2017-11-16T14:31:08.000001-08:00\"", -1207196810)]
    [InlineData("timestamp_ns", "\"2017-11-16T22:31:08\"", -2047944441)]
    [InlineData("timestamp_ns", "\"2017-11-16T22:31:08.000001001\"", -1207196810)]
    [InlineData("string", "\"iceberg\"", 1210000089)]
    [InlineData("uuid", "\"f79c3e09-677c-4bbd-a479-3f349cb785e7\"", 1488055340)]
    [InlineData("fixed[4]", "\"00010203\"", -188683207)]
    [InlineData("binary", "\"00010203\"", -188683207)]
    public void Buckets_are_those_of_the_specifications_hashes(string type, string json, int hash)
    {
        foreach (int buckets in new[] { 1, 16, 1000, int.MaxValue })
        {
            Assert.Equal((hash & int.MaxValue) % buckets, Apply($"bucket[{buckets}]", type, json));
        }
    }

    [Theory]
    [InlineData("truncate[10]", "int", "1", 0)]
    [InlineData("truncate[10]", "int", "-1", -10)]
    [InlineData("truncate[10]", "long", "-20", -20L)]
    [InlineData("truncate[3]", "string", "\"iceberg\"", "ice")]
    [InlineData("truncate[3]", "string", "\"äö🧊x\"", "äö🧊")]
    [InlineData("truncate[3]", "string", "\"ab\"", "ab")]
    [InlineData("year", "date", "\"2017-11-16\"", 47)]
    [InlineData("year", "date", "\"1969-12-31\"", -1)]
    [InlineData("month", "date", "\"2017-11-16\"", 574)]
    [InlineData("month", "timestamp", "\"1969-11-30T23:59:59.999999\"", -2)]
    [InlineData("day", "date", "\"2017-11-16\"", 17486)]
    [InlineData("day", "timestamp", "\"1969-12-31T23:59:59.999999\"", -1)]
    [InlineData("day", "timestamptz", "\"2017-11-16T23:31:08-08:00\"", 17487)]
    [InlineData("hour", "timestamp", "\"2017-11-16T22:31:08\"", 419686)]
    [InlineData("hour", "timestamp", "\"1969-12-31T22:59:59\"", -2)]
    [InlineData("identity", "string", "\"x\"", "x")]
    [InlineData("void", "string", "\"x\"", null)]
    public void Values_become_what_the_specification_says(string transform, string type, string json, object? expected)
        => Assert.Equal(expected, Apply(transform, type, json));

    [Fact]
    public void Decimals_and_bytes_are_truncated()
    {
        Assert.Equal((Int128)1050, Apply("truncate[50]", "decimal(9, 2)", "\"10.65\""));
        Assert.Equal((Int128)(-50), Apply("truncate[50]", "decimal(30, 2)", "\"-0.01\""));
        Assert.Equal(new byte[] { 1, 2 }, Apply("truncate[2]", "binary", "\"010203\""));
    }

    [Theory]
    [InlineData("bucket[4]")]
    [InlineData("truncate[4]")]
    [InlineData("identity")]
    [InlineData("void")]
    public void Nulls_stay_null_and_rows_stay_in_place(string transform)
    {
        using ColumnBuilder builder = ColumnBuilder.Create(DataType.Utf8);
        for (int i = 0; i < 100; i++)
        {
            ColumnValue.Append(builder, i % 3 == 0 ? null : $"value {i}");
        }

        using Column all = builder.Build();
        using Column column = all.Slice(5, 90);
        using Column result = TransformColumn.Apply(Transform.Parse(transform), column);
        Assert.Equal(90, result.Length);
        for (int i = 0; i < 90; i++)
        {
            Assert.Equal(transform == "void" || (i + 5) % 3 == 0, result.IsNull(i));
        }
    }

    [Theory]
    [InlineData("bucket[16]", "double", false)]
    [InlineData("bucket[16]", "string", true)]
    [InlineData("truncate[16]", "uuid", false)]
    [InlineData("hour", "date", false)]
    [InlineData("day", "string", false)]
    [InlineData("year", "timestamptz", true)]
    public void Transforms_take_the_types_that_the_specification_lists(string transform, string type, bool taken)
        => Assert.Equal(taken, Transform.Parse(transform).ResultOf(TypeText.Find(type)!) is not null);

    [Theory]
    [InlineData("year", "int", 54, "2024")]
    [InlineData("month", "int", -1, "1969-12")]
    [InlineData("day", "date", 19787, "2024-03-05")]
    [InlineData("hour", "int", -1, "1969-12-31-23")]
    [InlineData("identity", "string", "a/b=c", "a/b=c")]
    [InlineData("identity", "string", null, "null")]
    public void Partitions_are_shown_as_people_read_them(string transform, string type, object? value, string expected)
        => Assert.Equal(expected, PartitionPath.Text(Transform.Parse(transform), TypeText.Find(type)!, value));

    private static object? Apply(string transform, string type, string json)
    {
        IcebergPrimitive primitive = TypeText.Find(type)!;
        return TransformColumn.Apply(Transform.Parse(transform), TypeMapping.ToColumnType(primitive), SingleValueJson.Parse(primitive, json));
    }
}
