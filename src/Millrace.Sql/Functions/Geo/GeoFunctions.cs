using static Millrace.Sql.Functions.Define;

namespace Millrace.Sql.Functions;

/// <summary>The table of the functions of places on earth. Latitudes and longitudes are degrees, north and east positive.</summary>
internal static class GeoFunctions
{
    public static IReadOnlyList<SqlFunction> All { get; } =
    [
        Row("geo_distance", "The distance of two places in metres, geo_distance(lat1, lon1, lat2, lon2), on a sphere of 6371008.8 metres.", Takes(Float, Float, Float, Float).Gives(Float, GreatCircles.Distance))
            .Example("geo_distance(0, 0, 0, 0)", "0").Example("round(geo_distance(52.52, 13.405, 48.8566, 2.3522) / 1000)", "877"),
        Row("geo_bearing", "The direction in which the way from one place to another begins, in degrees from north over east.", Takes(Float, Float, Float, Float).Gives(Float, GreatCircles.Bearing))
            .Example("geo_bearing(0, 0, 0, 10)", "90").Example("geo_bearing(0, 0, -10, 0)", "180"),
    ];

    private static ScalarFunction Row(string name, string doc, params ScalarOverload[] overloads) => Function(FunctionCategory.Geo, name, doc, overloads);
}
