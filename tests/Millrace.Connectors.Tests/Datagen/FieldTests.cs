using Millrace.Connectors.Datagen;

namespace Millrace.Connectors.Tests.Datagen;

/// <summary>Kinds in types, what a column holds that nothing is said of, and faults.</summary>
public sealed class FieldTests
{
    [Theory]
    [InlineData("bigint", "[1,2,3]", "kind=sequence")]
    [InlineData("tinyint", "[-3,-5,-7]", "kind=sequence", "start=-3", "step=-2")]
    [InlineData("ubigint", "[0,1,0]", "kind=sequence", "start=0", "cycle=2")]
    [InlineData("double", "[1,2,3]", "kind=sequence")]
    [InlineData("decimal(10,2)", "[1.00,2.00,3.00]", "kind=sequence")]
    [InlineData("varchar", """["1","2","3"]""", "kind=sequence")]
    [InlineData("varchar", """["x","x","x"]""", "kind=constant", "value=x")]
    [InlineData("date", """["2024-02-29","2024-02-29","2024-02-29"]""", "kind=constant", "value=2024-02-29")]
    [InlineData("bigint", "[null,null,null]", "kind=constant")]
    [InlineData("varchar", """["a-0-{}","a-1-{}","a-2-{}"]""", "kind=template", "template=a-{n}-{{}}")]
    [InlineData("varchar", """["000","001","002"]""", "kind=template", "template={n:3}")]
    [InlineData("bigint", "[0,10,20]", "kind=template", "template={n}0")]
    [InlineData("timestamp(0)", """["2024-01-01T00:00:00","2024-01-01T00:00:00","2024-01-01T00:00:01"]""", "kind=time", "step=500ms")]
    [InlineData("timestamp(9)", """["1999-12-31T23:59:59.500000000","2000-01-01T00:00:00.000000000","2000-01-01T00:00:00.500000000"]""", "kind=time", "start=1999-12-31 23:59:59.5", "step=500ms")]
    [InlineData("date", """["2024-01-01","2024-01-02","2024-01-03"]""", "kind=time", "step=1d")]
    [InlineData("integer", "[5,5,5]", "kind=uniform", "min=5", "max=5")]
    [InlineData("integer", "[7,7,7]", "kind=normal", "mean=7.4", "stddev=0")]
    [InlineData("tinyint", "[127,127,127]", "kind=normal", "mean=1000", "stddev=0")]
    [InlineData("decimal(4,2)", "[99.99,99.99,99.99]", "kind=normal", "mean=1000", "stddev=0")]
    [InlineData("decimal(30,20)", "[0.50000000000000000000,0.50000000000000000000,0.50000000000000000000]", "kind=random_walk", "start=0.5", "step=0")]
    [InlineData("boolean", "[true,true,true]", "kind=boolean", "probability=1")]
    [InlineData("bigint", "[null,null,null]", "kind=sequence", "nulls=1")]
    public async Task A_kind_gives_these_values(string type, string expected, params string[] field)
        => Assert.Equal(expected, $"[{string.Join(',', await Generated.ValuesAsync(type, 3, field))}]");

    [Theory]
    [InlineData("integer", "2147483000", "2147483647")]
    [InlineData("ubigint", "18446744073709551000", "18446744073709551615")]
    [InlineData("decimal(6,3)", "-999.999", "999.999")]
    [InlineData("decimal(38,2)", "0.00", "10.00")]
    public async Task Uniform_numbers_are_exact_to_the_ends_of_their_range(string type, string min, string max)
    {
        IReadOnlyList<string> values = await Generated.ValuesAsync(type, 500, "kind=uniform", $"min={min}", $"max={max}");
        Assert.All(values, v => Assert.InRange(decimal.Parse(v, System.Globalization.CultureInfo.InvariantCulture), decimal.Parse(min, System.Globalization.CultureInfo.InvariantCulture), decimal.Parse(max, System.Globalization.CultureInfo.InvariantCulture)));
        Assert.True(values.Distinct().Count() > 250);
    }

    [Theory]
    [InlineData("boolean")]
    [InlineData("tinyint")]
    [InlineData("smallint")]
    [InlineData("integer")]
    [InlineData("bigint")]
    [InlineData("utinyint")]
    [InlineData("usmallint")]
    [InlineData("uinteger")]
    [InlineData("ubigint")]
    [InlineData("real")]
    [InlineData("double")]
    [InlineData("decimal(2,2)")]
    [InlineData("decimal(38,10)")]
    [InlineData("varchar")]
    [InlineData("bytes")]
    [InlineData("fixed(7)")]
    [InlineData("json")]
    [InlineData("uuid")]
    [InlineData("date")]
    [InlineData("time")]
    [InlineData("timestamp(3)")]
    [InlineData("timestamptz")]
    [InlineData("interval")]
    public Task A_column_of_which_only_the_type_is_known_is_filled(string type) => LeakCheck.RunAsync(async () =>
    {
        IReadOnlyList<string> values = await Generated.ValuesAsync(type, 100);
        Assert.Equal(100, values.Count);
        Assert.DoesNotContain("null", values);
        Assert.True(type == "decimal(2,2)" || values.Distinct().Count() > 1);
    });

    [Fact]
    public async Task Uuids_are_of_version_four()
    {
        IReadOnlyList<string> values = await Generated.ValuesAsync("uuid", 200, "kind=uuid");
        Assert.Equal(200, values.Distinct().Count());
        Assert.All(values, v => Assert.Matches("^\"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\"$", v));
    }

    [Fact]
    public async Task Words_are_those_given()
        => Assert.All(await Generated.ValuesAsync("varchar", 200, "kind=words", "words=uno,dos", "min=1", "max=3"), v => Assert.Matches("^\"(uno|dos)( (uno|dos)){0,2}\"$", v));

    [Fact]
    public async Task Fields_alone_make_a_table()
    {
        IReadOnlyList<string> rows = await Generated.RowsAsync(Generated.Options("rows=2", "fields.id=sequence", "fields.user.kind=template", "fields.user.template=user-{id}"));
        Assert.Equal(["""{"id":1,"user":"user-1"}""", """{"id":2,"user":"user-2"}"""], rows);
    }

    [Theory]
    [InlineData("bigint", "no kind 'sequnce' (did you mean 'sequence'?)", "kind=sequnce")]
    [InlineData("bigint", "no option 'stat' (did you mean 'start'?)", "kind=sequence", "stat=1")]
    [InlineData("bigint", "has no `kind`", "start=1")]
    [InlineData("bigint", "takes a whole number", "kind=sequence", "start=one")]
    [InlineData("bigint", "takes 0 to 1", "kind=sequence", "nulls=1.5")]
    [InlineData("tinyint", "do not fit the column 'x' of type tinyint", "kind=sequence", "start=120")]
    [InlineData("utinyint", "do not fit", "kind=zipf", "max=300")]
    [InlineData("bigint", "min 5, which is more than max 4", "kind=uniform", "min=5", "max=4")]
    [InlineData("bigint", "is no such value", "kind=uniform", "min=abc")]
    [InlineData("bigint", "more than max", "kind=zipf", "min=5", "max=4")]
    [InlineData("decimal(38,0)", "more than 64 bits", "kind=uniform", "max=99999999999999999999999")]
    [InlineData("integer", "'two' is no such value", "kind=enum", "values=1,two")]
    [InlineData("varchar", "3 values and 2 weights", "kind=enum", "values=a,b,c", "weights=1,2")]
    [InlineData("varchar", "weight 'x'", "kind=enum", "values=a,b", "weights=1,x")]
    [InlineData("varchar", "above 0", "kind=enum", "values=a,b", "weights=0,0")]
    [InlineData("varchar", "'values' is required", "kind=enum")]
    [InlineData("bigint", "'rows' is required", "kind=reference")]
    [InlineData("double", "finite", "kind=normal", "mean=NaN")]
    [InlineData("double", "beyond 1e100", "kind=random_walk", "start=1e300")]
    [InlineData("double", "no field of that name (did you mean 'sym'?)", "kind=random_walk", "by=symb", "!columns.sym=varchar", "!fields.sym.kind=enum", "!fields.sym.values=a")]
    [InlineData("double", "a kind that others cannot use", "kind=random_walk", "by=id", "!columns.id=bigint", "!fields.id.kind=sequence")]
    [InlineData("varchar", "no '}' behind it", "kind=template", "template={n")]
    [InlineData("varchar", "no '{' before it", "kind=template", "template=n}")]
    [InlineData("varchar", "no field of that name", "kind=template", "template={id}")]
    [InlineData("varchar", "a number of digits is 1 to 40", "kind=template", "template={n:99}")]
    [InlineData("varchar", "empty alphabet", "kind=text", "alphabet=''")]
    [InlineData("varchar", "min 9, which is more than max 8", "kind=text", "min_length=9", "max_length=8")]
    [InlineData("varchar", "takes 0 to 1048576", "kind=text", "max_length=2000000")]
    [InlineData("json", "row 0", "kind=words", "words=a", "min=1")]
    [InlineData("array<bigint>", "cannot be generated")]
    [InlineData("uuid", "its kind makes", "kind=boolean")]
    [InlineData("bigint", "no such column", "kind=sequence", "!fields.y.kind=sequence")]
    [InlineData("date", "is no such value", "kind=uniform", "min=yesterday")]
    [InlineData("timestamp", "is no such value", "kind=time", "start=noon")]
    [InlineData("timestamp", "do not fit", "kind=time", "step=10000000d")]
    [InlineData("timestamp(9)", "do not fit", "kind=time", "step=20000d")]
    public Task A_fault_is_told(string type, string expected, params string[] field) => LeakCheck.RunAsync(async () =>
        Assert.Contains(expected, (await Generated.FaultAsync(type, field)).Message, StringComparison.Ordinal));

    [Fact]
    public async Task Faults_of_options_and_types_are_told()
    {
        Assert.Contains("did you mean 'seed'", Assert.Throws<MillraceException>(() => Generated.Options("sead=1")).Message, StringComparison.Ordinal);
        Assert.Throws<MillraceException>(() => Generated.Options("rows=9223372036854775807"));
        Assert.Throws<MillraceException>(() => Generated.Options("rate=0"));
        Assert.Throws<MillraceException>(() => Generated.Options("rows=-1"));
        Assert.Contains("the type 'bigit'", (await Generated.FaultAsync("bigit")).Message, StringComparison.Ordinal);
        var none = await Assert.ThrowsAsync<MillraceException>(() => Generated.RowsAsync(Generated.Options("rows=1")));
        Assert.Equal(DatagenErrors.NoColumns, none.Code);
    }

    [Fact]
    public async Task A_sequence_that_runs_out_of_its_type_is_an_error_at_the_row_and_not_before()
    {
        DatagenOptions table = Generated.Options("columns.x=tinyint", "fields.x.kind=sequence");
        Assert.Equal(127, (await Generated.RowsAsync(table, new ReadRequest { Limit = 127 })).Count);
        var error = await Assert.ThrowsAsync<MillraceException>(() => Generated.RowsAsync(table, new ReadRequest { Limit = 128, BatchRows = 64 }));
        Assert.Equal(DatagenErrors.OutOfRange, error.Code);
    }
}
