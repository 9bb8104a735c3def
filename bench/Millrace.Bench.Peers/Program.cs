using System.Diagnostics;
using System.Globalization;
using Millrace.Bench.Peers;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is ["scan", string path, string columns, string threads, string turns])
{
    (double seconds, string rows) = (double.MaxValue, "");
    for (int turn = 0; turn < int.Parse(turns, CultureInfo.InvariantCulture); turn++)
    {
        var watch = Stopwatch.StartNew();
        rows = await Scan.RunAsync(path, columns, int.Parse(threads, CultureInfo.InvariantCulture));
        seconds = Math.Min(seconds, watch.Elapsed.TotalSeconds);
    }

    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{{\"seconds\":{seconds},\"rows\":{rows}}}"));
    return 0;
}

if (args is ["write", string from, string to, string kept, string times])
{
    double seconds = await ParquetWriteWorkload.WriteAsync(from, to, kept, int.Parse(times, CultureInfo.InvariantCulture));
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{{\"seconds\":{seconds},\"rows\":[]}}"));
    return 0;
}

if (args is ["sql", string lanes, string runs, string sql])
{
    Console.WriteLine(await SqlWorkloads.RunAsync(sql, int.Parse(lanes, CultureInfo.InvariantCulture), int.Parse(runs, CultureInfo.InvariantCulture)));
    return 0;
}

Workload? workload = Workload.All.FirstOrDefault(w => args.Length > 0 && w.Name == args[0]);
if (workload is null)
{
    Console.WriteLine("Usage: bench/run NAME [--rows N] [--threads N] [--pairs N] [--query N]\n");
    foreach (Workload each in Workload.All)
    {
        Console.WriteLine($"  {each.Name,-14} {each.Doc}");
    }

    return args.Length == 0 ? 0 : 1;
}

try
{
    workload.Run(BenchOptions.Parse(args.AsSpan(1)));
    return 0;
}
catch (Exception error) when (error is ArgumentException or InvalidOperationException)
{
    Console.Error.WriteLine(error.Message);
    return 1;
}
