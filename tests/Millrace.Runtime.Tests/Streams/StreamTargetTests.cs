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
