namespace Millrace.Connectors.Common;

/// <summary>Division that rounds down, as the calendar before 1970 needs it.</summary>
public static class FloorMath
{
    public static long Divide(long value, long by)
    {
        long quotient = value / by;
        return quotient * by > value ? quotient - 1 : quotient;
    }

    public static long Modulo(long value, long by)
    {
        long rest = value % by;
        return rest < 0 ? rest + by : rest;
    }
}
