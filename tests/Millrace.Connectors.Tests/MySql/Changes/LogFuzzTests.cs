using Millrace.Connectors.MySql;

namespace Millrace.Connectors.Tests.MySql.Changes;

/// <summary>
/// Events that are damaged, cut off, repeated or in a wrong order, with checksums that fit: rows or an error of the catalogue, and nothing else.
/// <c>MILLRACE_FUZZ=n</c> sets how many logs.
/// </summary>
[Trait("speed", "slow")]
public class LogFuzzTests
{
    private static readonly int Logs = int.TryParse(Environment.GetEnvironmentVariable("MILLRACE_FUZZ"), System.Globalization.CultureInfo.InvariantCulture, out int n) ? n : 4_000;

    [Fact]
    public Task Damaged_logs_end_in_rows_or_in_an_error() => LeakCheck.RunAsync(() =>
    {
        var random = new Random(1);
        List<byte[]> whole = LogFile.Read();
        int failed = 0;
        int decoded = 0;
        for (int i = 0; i < Logs; i++)
        {
            List<byte[]> events = [.. whole.Select(e => (byte[])[.. e])];
            for (int damages = random.Next(1, 4); damages > 0; damages--)
            {
                Damage(random, events);
            }

            try
            {
                decoded += LogFile.Decode(events, batchRows: random.Next(1, 20)).Rows.Count;
            }
            catch (MillraceException)
            {
                failed++;
            }
        }

        // Either alone would mean that the damage is none, or all there is.
        Assert.True(failed > Logs / 10 && decoded > Logs, $"{failed} of {Logs} failed, {decoded} rows decoded");
        return Task.CompletedTask;
    });

    private static void Damage(Random random, List<byte[]> events)
    {
        int at = random.Next(events.Count);
        byte[] data = events[at];
        switch (random.Next(6))
        {
            case 0:
                data = data[..random.Next(LogEvent.HeaderLength + 4, data.Length + 1)];
                break;
            case 1:
                (events[at], events[random.Next(events.Count)]) = (events[random.Next(events.Count)], events[at]);
                return;
            case 2:
                events.Insert(random.Next(events.Count), [.. data]);
                return;
            case 3:
                data = [.. data[..^4], .. data[random.Next(data.Length)..], 0, 0, 0, 0];
                break;
            default:
                for (int flips = random.Next(1, 6); flips > 0 && data.Length > LogEvent.HeaderLength + 4; flips--)
                {
                    int place = random.Next(3) == 0 ? random.Next(4, data.Length - 4) : random.Next(LogEvent.HeaderLength, data.Length - 4);
                    data[place] = random.Next(3) switch { 0 => (byte)random.Next(256), 1 => (byte)(data[place] ^ (1 << random.Next(8))), _ => random.Next(2) == 0 ? (byte)0 : (byte)255 };
                }

                break;
        }

        events[at] = LogFile.Sealed(data);
    }
}
