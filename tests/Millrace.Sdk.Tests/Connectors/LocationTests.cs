namespace Millrace.Sdk.Tests.Connectors;

public class LocationTests
{
    [Theory]
    [InlineData("orders.csv", "", "orders.csv", "")]
    [InlineData("data-0?.csv", "", "data-0?.csv", "")]
    [InlineData("orders.csv?delimiter=;", "", "orders.csv", "delimiter=;")]
    [InlineData("data-0?.csv?delimiter=%7C&header=false", "", "data-0?.csv", "delimiter=|,header=false")]
    [InlineData("postgres://user@host/db?stream=public.orders", "postgres", "user@host/db", "stream=public.orders")]
    [InlineData("S3://bucket/key", "s3", "bucket/key", "")]
    [InlineData("a b://c", "", "a b://c", "")]
    [InlineData("-", "", "-", "")]
    [InlineData("what?", "", "what?", "")]
    public void Splits_scheme_path_and_query(string text, string scheme, string path, string query)
    {
        Location location = Location.Parse(text);
        Assert.Equal(scheme, location.Scheme);
        Assert.Equal(path, location.Path);
        Assert.Equal(query, string.Join(",", location.Query.Select(q => $"{q.Key}={q.Value}")));
    }

    [Fact]
    public void Query_becomes_options_and_dots_become_groups()
    {
        OptionMap options = Location.Parse("a.csv?format=csv&format.delimiter=;&recursive=true").ToOptions("path");
        Assert.Equal("a.csv", ((OptionScalar)options["path"]!).Text);
        var format = (OptionMap)options["format"]!;
        Assert.Equal("csv", ((OptionScalar)format["name"]!).Text);
        Assert.Equal(";", ((OptionScalar)format["delimiter"]!).Text);
    }
}
