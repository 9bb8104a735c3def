using System.Globalization;

namespace Millrace.Scenarios.Crash;

/// <summary>Compares what a target holds with what the inbox was given, row by row.</summary>
internal static class RowOracle
{
    /// <summary>What is wrong; null for nothing.</summary>
    /// <param name="csv">A file with id and name.</param>
    /// <param name="rows">Rows that there should be: 0 up to it.</param>
    public static string? Fault(string csv, int rows)
    {
        var seen = new int[rows];
        int foreign = 0;
        foreach (string line in File.ReadLines(csv).Skip(1))
        {
            string[] values = line.Split(',');
            if (values.Length == 2 && int.TryParse(values[0], CultureInfo.InvariantCulture, out int id) && id >= 0 && id < rows && values[1] == GrowingInbox.Name(id))
            {
                seen[id]++;
            }
            else
            {
                foreign++;
            }
        }

        int lost = seen.Count(s => s == 0);
        int doubled = seen.Count(s => s > 1);
        return lost + doubled + foreign == 0
            ? null
            : $"{lost} of {rows} rows lost (the first {Array.IndexOf(seen, 0)}), {doubled} doubled (the first {Array.FindIndex(seen, s => s > 1)}), {foreign} not sent";
    }
}
