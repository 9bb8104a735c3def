using System.Diagnostics;
using System.Globalization;

namespace Millrace.Bench.Peers;

/// <summary>
/// A query with much state is killed and started again: how long until its first new commit. The query counts visits by visitor and
/// writes only those who came back, so that its state is large and its output is not.
/// </summary>
internal static class StateRecoveryWorkload
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public static void Run(BenchOptions options)
    {
        long visitors = options.Rows ?? 6_000_000;
        string folder = Path.Combine(Folders.Data, "state-recovery");
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        string visits = Directory.CreateDirectory(Path.Combine(folder, "visits")).FullName;
        WriteVisits(Path.Combine(visits, "first.csv"), visitors);
        string statements = Path.Combine(folder, "returning.sql");
        File.WriteAllText(statements, """
            CREATE STREAM visits (id BIGINT, name VARCHAR) WITH (path = 'visits/', format = 'csv', follow = 'true', poll = '20ms');
            CREATE TABLE returning WITH (path = 'returning/', format = 'csv', changelog = 'upsert', batch.strategy = 'time_window', batch.window = '100ms');
            -- @name: returning
            INSERT INTO returning SELECT id, name, count(*) AS n FROM visits GROUP BY id, name HAVING count(*) > 1 EMIT CHANGES;
            """);

        string written = Path.Combine(folder, "returning");
        double built = SecondsUntilRow(statements, written, 0);
        long state = new DirectoryInfo(Path.Combine(folder, ".millrace", "state")).EnumerateFiles("*.state", SearchOption.AllDirectories).Sum(f => f.Length);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{visitors:N0} groups, {state / 1e6:N0} MB of saved state, made in {built:0.0} s"));
        for (int turn = 1; turn <= options.Pairs; turn++)
        {
            Append(visits, turn);
            double seconds = SecondsUntilRow(statements, written, turn);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"killed and started again: {seconds:0.00} s to the first new commit"));
        }

        Directory.Delete(folder, recursive: true);
    }

    private static void WriteVisits(string path, long visitors)
    {
        using var writer = new StreamWriter(path);
        writer.Write("id,name\n");
        for (long id = 0; id <= visitors; id++)
        {
            // The last one is the first once more: when that is written, all others are in the state.
            writer.Write(string.Create(CultureInfo.InvariantCulture, $"{id % visitors},visitor number {id % visitors} of {visitors}\n"));
        }
    }

    // A visitor who comes back.
    private static void Append(string visits, int id)
    {
        string first = File.ReadLines(Path.Combine(visits, "first.csv")).ElementAt(id + 1);
        string path = Path.Combine(visits, $"again-{id}.csv");
        File.WriteAllText(path + ".tmp", $"id,name\n{first}\n");
        File.Move(path + ".tmp", path);
    }

    // From the start of the program until the row of a visitor is committed; then the program is killed.
    private static double SecondsUntilRow(string statements, string written, int id)
    {
        var start = new ProcessStartInfo(MillraceProgram.Path) { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = Path.GetDirectoryName(statements)! };
        start.ArgumentList.Add("sql");
        start.ArgumentList.Add(statements);
        var watch = Stopwatch.StartNew();
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        while (!IsWritten(written, id))
        {
            if (process.HasExited || watch.Elapsed > Patience)
            {
                process.Kill();
                throw new InvalidOperationException($"The query ended or wrote nothing for {watch.Elapsed.TotalSeconds:0} s:\n{output.Result}{errors.Result}");
            }

            Thread.Sleep(5);
        }

        double seconds = watch.Elapsed.TotalSeconds;
        process.Kill();
        process.WaitForExit();
        return seconds;
    }

    private static bool IsWritten(string folder, int id)
        => Directory.Exists(folder) && Directory.EnumerateFiles(folder, "*.csv").Any(f => File.ReadLines(f).Skip(1).Any(line => line.StartsWith($"U,{id},", StringComparison.Ordinal)));
}
