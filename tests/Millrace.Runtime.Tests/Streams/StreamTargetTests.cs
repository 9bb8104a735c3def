using Millrace.Sdk;

namespace Millrace.Runtime.Tests.Streams;

public sealed class StreamTargetTests
{
    [Theory]
    [InlineData("out/", "public.orders", "out/public.orders/")]
    [InlineData("out/{stream}.csv", "public.orders", "out/public.orders.csv")]
    [InlineData("out/{schema}/{table}.parquet", "public.orders", "out/public/orders.parquet")]
    [InlineData("out/", "public.\"../../etc/passwd\"", "out/public...%2F..%2Fetc%2Fpasswd/")]
    [InlineData("out/{table}/", "\"..\".\"..\"", "out/%2E./")]
    [InlineData("out/{table}.csv", "public.\"a?x=1\"", "out/a%3Fx%3D1.csv")]
    [InlineData("postgres://u@h/db?stream=raw.*&write=merge", "public.orders", "postgres://u@h/db?stream=raw.orders&write=merge")]
    [InlineData("postgres://u@h/db?table={schema}_raw.{table}", "public.\"odd.name\"", "postgres://u@h/db?table=public_raw.%22odd.name%22")]
    [InlineData("mysql://u@h/db?table={schema}_{table}", "n.\"a.b\"", "mysql://u@h/db?table=%22n_a.b%22")]
    [InlineData("mysql://u@h/db?table={table}", "n.\"b\"\"`t\"", "mysql://u@h/db?table=%22b%22%22%60t%22")]
    [InlineData("mysql://u@h/db?table=raw_{stream}_1", "n.b`t", "mysql://u@h/db?table=raw_n.%22b%60t_1%22")]
    [InlineData("postgres://u@h/db?stream=raw.*", "shop.`a.b`", "postgres://u@h/db?stream=raw.%22a.b%22")]
    [InlineData("postgres://u@h/db?stream=raw.\"{stream}\"", "shop.`a``b`", "postgres://u@h/db?stream=raw.%22shop.a%60b%22")]
    [InlineData("out/{table}.csv", "shop.`a.b`", "out/a.b.csv")]
    [InlineData("iceberg://?table={schema}.t_{table}", "a.\"b.c\".d", "iceberg://?table=a.%22b.c%22.t_d")]
    public void Each_stream_has_a_place_of_its_own(string location, string stream, string expected) => Assert.Equal(expected, StreamGroup.TargetOf(location, stream));

    [Theory]
    [InlineData("out.csv")]
    [InlineData("-")]
    [InlineData("postgres://u@h/db?stream=raw.orders")]
    [InlineData("postgres://u@h/db")]
    public void A_target_that_is_one_place_is_refused(string location)
        => Assert.Equal("MR4502", Assert.Throws<MillraceException>(() => StreamGroup.TargetOf(location, "public.orders")).Code.Id);

    [Fact]
    public void Options_are_filled_wherever_they_stand()
    {
        var options = new OptionMap(new ErrorPlace());
        options.Set("table", Scalar("raw.*"));
        options.SetPath("labels.from", Scalar("{stream}"));
        options.Set("list", new OptionList([Scalar("a"), Scalar("{table}")], new ErrorPlace()));
        OptionMap filled = StreamTarget.OfOptions(options, "public.orders");
        Assert.Equal("raw.orders", ((OptionScalar)filled["table"]!).Text);
        Assert.Equal("public.orders", ((OptionScalar)((OptionMap)filled["labels"]!)["from"]!).Text);
        Assert.Equal("orders", ((OptionScalar)((OptionList)filled["list"]!).Items[1]).Text);
    }

    private static OptionScalar Scalar(string text) => new(text, new ErrorPlace());
}
