namespace Millrace.Columnar.Tests.Types;

public sealed class TypeNameTests
{
    [Fact]
    public void Every_printed_type_reads_back_as_itself()
    {
        var random = new RandomBatches(7, new RandomOptions { MaxDepth = 4 });
        for (int i = 0; i < 2000; i++)
        {
            DataType type = random.Type();
            Assert.Equal(type, DataType.Parse(type.ToString()));
        }
    }

    [Theory]
    [InlineData("BIGINT", "bigint")]
    [InlineData("double precision", "double")]
    [InlineData(" numeric ( 12 , 2 ) ", "decimal(12,2)")]
    [InlineData("timestamptz", "timestamptz")]
    [InlineData("timestamptz(9)[Europe/Paris]", "timestamptz(9)[Europe/Paris]")]
    [InlineData("varchar(20)", "varchar")]
    [InlineData("struct<>", "struct<>")]
    [InlineData("struct<\"a b\" int, \"q\"\"q\" text not null>", "struct<\"a b\" integer, \"q\"\"q\" varchar not null>")]
    [InlineData("map<text, array<int not null>>", "map<varchar, array<integer not null>>")]
    public void Names_are_read_as_people_write_them(string written, string canonical) => Assert.Equal(canonical, DataType.Parse(written).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("bigin")]
    [InlineData("decimal(0)")]
    [InlineData("decimal(39,0)")]
    [InlineData("decimal(5,6)")]
    [InlineData("fixed(0)")]
    [InlineData("fixed")]
    [InlineData("array<int")]
    [InlineData("int int")]
    [InlineData("timestamp(10)")]
    [InlineData("timestamptz[Europe")]
    [InlineData("struct<a>")]
    [InlineData("struct<\"a int>")]
    [InlineData("decimal(99999999999999999999)")]
    public void Nonsense_is_refused_with_a_code(string name)
    {
        MillraceException error = Assert.Throws<MillraceException>(() => DataType.Parse(name));
        Assert.Equal("MR2901", error.Code.Id);
    }

    [Fact]
    public void Deep_nesting_is_refused_and_does_not_overflow_the_stack()
    {
        string name = string.Concat(Enumerable.Repeat("array<", 100_000)) + "int" + new string('>', 100_000);
        Assert.Throws<MillraceException>(() => DataType.Parse(name));
    }
}
