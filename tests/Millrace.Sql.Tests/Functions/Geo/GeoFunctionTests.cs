using System.Globalization;

namespace Millrace.Sql.Tests.Functions.Geo;

public sealed class GeoFunctionTests
{
    // A degree of a great circle is a 360th of 2 * pi * 6371008.8 metres.
    [Theory]
    [InlineData(0, 0, 0, 1, 111_195.08)]
    [InlineData(0, 0, 90, 0, 10_007_557.22)]
    [InlineData(0, 0, 0, 180, 20_015_114.44)]
    [InlineData(90, 0, -90, 0, 20_015_114.44)]
    [InlineData(0, 179.5, 0, -179.5, 111_195.08)]
    [InlineData(52.52, 13.405, 52.52, 13.405, 0)]
    public void Distances_are_those_of_great_circles(double lat1, double lon1, double lat2, double lon2, double expected)
        => Assert.Equal(expected, double.Parse(Call.Eval("geo_distance", lat1, lon1, lat2, lon2), CultureInfo.InvariantCulture), 0.01);

    [Theory]
    [InlineData(0, 0, 0, 10, 90)]
    [InlineData(0, 0, 0, -10, 270)]
    [InlineData(0, 0, 10, 0, 0)]
    [InlineData(10, 0, 0, 0, 180)]
    [InlineData(0, 0, 45, 90, 45)]
    public void Bearings_go_from_north_over_east(double lat1, double lon1, double lat2, double lon2, double expected)
        => Assert.Equal(expected, double.Parse(Call.Eval("geo_bearing", lat1, lon1, lat2, lon2), CultureInfo.InvariantCulture), 1e-6);

    [Fact]
    public void Places_off_the_earth_are_faults()
    {
        Assert.StartsWith("MR5230", Call.Fault("geo_distance", 90.1, 0.0, 0.0, 0.0), StringComparison.Ordinal);
        Assert.StartsWith("MR5230", Call.Fault("geo_distance", 0.0, 0.0, 0.0, double.NaN), StringComparison.Ordinal);
    }
}
