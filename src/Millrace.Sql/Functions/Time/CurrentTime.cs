using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>The one time of the statement.</summary>
internal static class CurrentTime
{
    public static Column Now(in KernelCall call) => Fill(call, Micros(call.Context));

    public static Column LocalTimestamp(in KernelCall call)
    {
        Local(call.Context).TryToUnits(1_000_000, out long micros);
        return Fill(call, micros);
    }

    public static Column TimeOfDay(in KernelCall call) => Fill(call, Local(call.Context).Nanos / 1000);

    public static Column UnixSeconds(in KernelCall call) => Fill(call, call.Context.Now.ToUnixTimeSeconds());

    public static Column Today(in KernelCall call) => Fill(call, (int)Local(call.Context).Days);

    /// <summary>The time in the statement's zone.</summary>
    public static LocalTime Local(EvaluationContext context)
    {
        ZoneTime.TryToLocal(Micros(context), 1_000_000, context.TimeZone, out long local);
        long days = CalendarMoves.FloorDivide(local, 86_400_000_000);
        return new LocalTime(days, (local - (days * 86_400_000_000)) * 1000);
    }

    private static long Micros(EvaluationContext context) => (context.Now.UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    private static Column Fill<T>(in KernelCall call, T value)
        where T : unmanaged
    {
        using var result = new FixedBuilder<T>(call.Type, call.Rows);
        result.AppendUninitialized(call.Rows).Fill(value);
        return result.Build();
    }
}
