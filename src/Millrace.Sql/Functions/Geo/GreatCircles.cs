using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>The shortest ways between places on a sphere as large as the earth.</summary>
internal static class GreatCircles
{
    // The mean radius of the earth in metres (IUGG).
    private const double Radius = 6_371_008.8;
    private const double RadiansPerDegree = Math.PI / 180;

    public static Column Distance(in KernelCall call) => Rows.Fixed<double, WayRow>(call, new WayRow(call, isBearing: false));

    public static Column Bearing(in KernelCall call) => Rows.Fixed<double, WayRow>(call, new WayRow(call, isBearing: true));

    private readonly ref struct WayRow(in KernelCall call, bool isBearing) : IFixedRow<double>
    {
        private readonly FixedArgument<double> _latitude1 = call.Fixed<double>(0);
        private readonly FixedArgument<double> _longitude1 = call.Fixed<double>(1);
        private readonly FixedArgument<double> _latitude2 = call.Fixed<double>(2);
        private readonly FixedArgument<double> _longitude2 = call.Fixed<double>(3);
        private readonly RowFaults _faults = call.Faults;
        private readonly bool _isBearing = isBearing;

        public bool TryValue(int row, out double value)
        {
            value = 0;
            if (!IsPlace(_latitude1[row], _longitude1[row], row) || !IsPlace(_latitude2[row], _longitude2[row], row))
            {
                return false;
            }

            double from = _latitude1[row] * RadiansPerDegree;
            double to = _latitude2[row] * RadiansPerDegree;
            double turn = (_longitude2[row] - _longitude1[row]) * RadiansPerDegree;
            value = _isBearing ? Direction(from, to, turn) : Length(from, to, turn);
            return true;
        }

        // The haversine formula, which keeps its digits for near places.
        private static double Length(double from, double to, double turn)
        {
            double north = Math.Sin((to - from) / 2);
            double east = Math.Sin(turn / 2);
            double square = (north * north) + (Math.Cos(from) * Math.Cos(to) * east * east);
            return 2 * Radius * Math.Asin(Math.Min(1, Math.Sqrt(square)));
        }

        private static double Direction(double from, double to, double turn)
        {
            double east = Math.Sin(turn) * Math.Cos(to);
            double north = (Math.Cos(from) * Math.Sin(to)) - (Math.Sin(from) * Math.Cos(to) * Math.Cos(turn));
            double degrees = Math.Atan2(east, north) / RadiansPerDegree;
            return degrees < 0 ? degrees + 360 : degrees;
        }

        private bool IsPlace(double latitude, double longitude, int row)
        {
            bool valid = Math.Abs(latitude) <= 90 && Math.Abs(longitude) <= 180;
            if (!valid)
            {
                _faults.Add(row, FunctionErrors.ArgumentCode, $"{latitude}, {longitude} is not a place: latitudes go from -90 to 90, longitudes from -180 to 180.");
            }

            return valid;
        }
    }
}
