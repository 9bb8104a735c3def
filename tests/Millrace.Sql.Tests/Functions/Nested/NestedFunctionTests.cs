using Millrace.Columnar;

namespace Millrace.Sql.Tests.Functions.Nested;

public sealed class NestedFunctionTests
{
    private static readonly Typed NoInt = new(DataType.Int32, null);
    private static readonly Typed NoLong = new(DataType.Int64, null);
    private static readonly DataType IntList = DataType.List(DataType.Int32);
    private static readonly Typed NoList = new(IntList, null);
    private static readonly Typed Empty = new(IntList, Array.Empty<object?>());
    private static readonly Typed Map = new(DataType.Map(DataType.Utf8, DataType.Int32), new object?[] { new object?[] { "a", 1 }, new object?[] { "é", null } });

    [Fact]
    public void Arrays_structs_and_maps_are_made()
    {
        Assert.Equal("[1,null,3]", Call.Eval("array", 1, NoInt, 3));
        Assert.Equal("[]", Call.Eval("array"));
        Assert.Equal("[[1],null]", Call.Eval("array", List(1), NoList));
        Assert.Equal("""{"f1":1,"f2":"é","f3":null}""", Call.Eval("struct", 1, "é", NoInt));
        Assert.Equal("""{"a":1,"b":null}""", Call.Eval("map", new object?[] { "a", "b" }, List(1, null)));
        Assert.Equal("{}", Call.Eval("map", Empty, Empty));
        Assert.Equal("""["x","x"]""", Call.Eval("array_repeat", "x", 2));
        Assert.Equal("[null]", Call.Eval("array_repeat", NoInt, 1));
        Assert.Equal("[]", Call.Eval("array_repeat", "x", -5));
        Assert.StartsWith("MR5231", Call.Fault("array_repeat", "x", long.MaxValue), StringComparison.Ordinal);
    }

    [Fact]
    public void Map_keys_have_values_are_not_null_and_stand_once()
    {
        Assert.Contains("pairs", Call.Fault("map", List(1, 2, 3), List(1)), StringComparison.Ordinal);
        Assert.Contains("null", Call.Fault("map", List(1, null), List(1, 2)), StringComparison.Ordinal);
        Assert.Contains("twice", Call.Fault("map", List(1, 1), List(1, 2)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "1")]
    [InlineData(3, "3")]
    [InlineData(-1, "3")]
    [InlineData(-3, "1")]
    [InlineData(2, "NULL")]
    [InlineData(0, "NULL")]
    [InlineData(4, "NULL")]
    [InlineData(-4, "NULL")]
    [InlineData(long.MinValue, "NULL")]
    [InlineData(long.MaxValue, "NULL")]
    public void Elements_count_from_one_and_from_the_end(long number, string expected)
        => Assert.Equal(expected, Call.Eval("element_at", List(1, null, 3), number));

    [Fact]
    public void Empty_arrays_have_no_elements()
    {
        Assert.Equal("NULL", Call.Eval("element_at", Empty, 1));
        Assert.Equal("NULL", Call.Eval("array_min", Empty));
        Assert.Equal("0", Call.Eval("cardinality", Empty));
        Assert.Equal("0", Call.Eval("len", Empty));
        Assert.Equal("false", Call.Eval("contains", Empty, new Typed(DataType.Int32, 1)));
        Assert.Equal("[]", Call.Eval("array_sort", Empty));
        Assert.Equal("NULL", Call.Eval("array_max", new Typed(IntList, new object?[] { null })));
    }

    [Fact]
    public void Maps_are_looked_into()
    {
        Assert.Equal("1", Call.Eval("element_at", Map, "a"));
        Assert.Equal("NULL", Call.Eval("element_at", Map, "é"));
        Assert.Equal("NULL", Call.Eval("element_at", Map, "x"));
        Assert.Equal("true", Call.Eval("map_contains_key", Map, "é"));
        Assert.Equal("false", Call.Eval("map_contains_key", Map, "A"));
        Assert.Equal("""["a","é"]""", Call.Eval("map_keys", Map));
        Assert.Equal("[1,null]", Call.Eval("map_values", Map));
        Assert.Equal("""[{"key":"a","value":1},{"key":"é","value":null}]""", Call.Eval("map_entries", Map));
        Assert.Equal("2", Call.Eval("cardinality", Map));
    }

    [Theory]
    [InlineData(2L, 3L, "[20,30]")]
    [InlineData(null, 2L, "[10,20]")]
    [InlineData(3L, null, "[30,40]")]
    [InlineData(-2L, -1L, "[30,40]")]
    [InlineData(0L, 9L, "[10,20,30,40]")]
    [InlineData(3L, 2L, "[]")]
    [InlineData(5L, 9L, "[]")]
    [InlineData(long.MinValue, long.MaxValue, "[10,20,30,40]")]
    public void Slices_have_both_ends(long? from, long? to, string expected)
        => Assert.Equal(expected, Call.Eval("array_slice", List(10, 20, 30, 40), from is null ? NoLong : from, to is null ? NoLong : to));

    [Fact]
    public void Elements_are_found()
    {
        Assert.Equal("true", Call.Eval("array_contains", List(1, null, 3), new Typed(DataType.Int32, 3)));
        Assert.Equal("false", Call.Eval("array_contains", List(1, null, 3), new Typed(DataType.Int32, 2)));
        Assert.Equal("true", Call.Eval("array_contains", new object?[] { "é", "b" }, "é"));
        Assert.Equal("2", Call.Eval("array_position", new object?[] { "a", "b", "b" }, "b"));
        Assert.Equal("NULL", Call.Eval("array_position", new object?[] { "a" }, "b"));
        Assert.Equal("1", Call.Eval("array_min", (object)List(3, null, 1)));
        Assert.Equal("3", Call.Eval("array_max", (object)List(3, null, 1)));
        Assert.Equal("[1,2]", Call.Eval("array_max", (object)new object?[] { List(1), List(1, 2), List(0, 9) }));
    }

    [Fact]
    public void Arrays_are_changed()
    {
        Assert.Equal("[1,2,3,null]", Call.Eval("array_sort", (object)List(3, null, 1, 2)));
        Assert.Equal("[null,3,1]", Call.Eval("array_sort", List(3, null, 1), "desc"));
        Assert.Equal("[null,1,3]", Call.Eval("array_sort", List(3, null, 1), "ASC", "nulls first"));
        Assert.Equal("[3,1,null]", Call.Eval("array_sort", List(3, null, 1), "desc", "nulls last"));
        Assert.Equal("[null,3,1]", Call.Eval("array_reverse_sort", (object)List(3, null, 1)));
        Assert.StartsWith("MR5230", Call.Fault("array_sort", List(1), "down"), StringComparison.Ordinal);
        Assert.Equal("[3,null,1]", Call.Eval("array_reverse", (object)List(1, null, 3)));
        Assert.Equal("[2,1,null]", Call.Eval("array_distinct", (object)List(2, 1, 2, null, null)));
        Assert.Equal("""["é","e"]""", Call.Eval("array_distinct", (object)new object?[] { "é", "e", "é" }));
        Assert.Equal("[[1],[2]]", Call.Eval("array_distinct", (object)new object?[] { List(1), List(2), List(1) }));
        Assert.Equal("[1,3]", Call.Eval("array_compact", (object)List(1, null, 3)));
        Assert.Equal("[1,2,3]", Call.Eval("flatten", (object)new object?[] { List(1, 2), NoList.Value, List(3) }));
        Assert.Equal("[2,null]", Call.Eval("array_remove", List(1, 2, 1, null), new Typed(DataType.Int32, 1)));
    }

    [Fact]
    public void Arrays_are_put_together()
    {
        Assert.Equal("[1,2,null]", Call.Eval("array_append", List(1, 2), NoInt));
        Assert.Equal("[3]", Call.Eval("array_append", NoList, new Typed(DataType.Int32, 3)));
        Assert.Equal("[0,1,2]", Call.Eval("array_prepend", new Typed(DataType.Int32, 0), List(1, 2)));
        Assert.Equal("[1,2,3]", Call.Eval("array_concat", List(1, 2), List(3)));
        Assert.Equal("[1]", Call.Eval("array_concat", List(1), NoList));
        Assert.Equal("NULL", Call.Eval("array_concat", NoList, NoList));
        Assert.Equal("[[1],[2]]", Call.Eval("array_append", new object?[] { List(1) }, List(2)));
        Assert.Equal("[1,2,3]", Call.Eval("array_union", List(1, 2, 2), List(2, 3)));
        Assert.Equal("[2,3]", Call.Eval("array_intersect", List(1, 2, 2, 3), List(3, 2, 9)));
        Assert.Equal("[1,null]", Call.Eval("array_except", List(1, 2, 2, 1, null), List(2)));
        Assert.Equal("true", Call.Eval("array_has_any", List(1, 2), List(2, 3)));
        Assert.Equal("false", Call.Eval("array_has_any", List(1, 2), List(3)));
        Assert.Equal("false", Call.Eval("array_has_any", List(1), Empty));
        Assert.Equal("true", Call.Eval("array_has_all", List(1, 2), List(2, 1)));
        Assert.Equal("true", Call.Eval("array_has_all", List(1, 2), Empty));
        Assert.Equal("false", Call.Eval("array_has_all", List(1, 2), List(2, 3)));
    }

    private static object?[] List(params object?[] items) => items;
}
