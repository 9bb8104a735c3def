using Millrace.Sql.Streaming;

namespace Millrace.Sql.Tests.Streaming;

public sealed class WeightsTests
{
    [Fact]
    public void Weights_that_cannot_be_counted_are_errors()
    {
        Assert.Equal(long.MaxValue, Weights.Sum(long.MaxValue - 1, 1));
        Assert.Equal(-1, Weights.Sum(long.MaxValue, long.MinValue));
        Assert.Equal("MR5404", Assert.Throws<MillraceException>(() => Weights.Sum(long.MaxValue, 1)).Code.Id);
        Assert.Equal("MR5404", Assert.Throws<MillraceException>(() => Weights.Sum(long.MinValue, -1)).Code.Id);

        Assert.Equal(-(1L << 62), Weights.Product(1L << 31, -(1L << 31)));
        Assert.Equal(long.MinValue, Weights.Product(1L << 62, -2));
        Assert.Equal("MR5404", Assert.Throws<MillraceException>(() => Weights.Product(1L << 32, 1L << 31)).Code.Id);
        Assert.Equal("MR5404", Assert.Throws<MillraceException>(() => Weights.Product(long.MinValue, -1)).Code.Id);
    }
}
