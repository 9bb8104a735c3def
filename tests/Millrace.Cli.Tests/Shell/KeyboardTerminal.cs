using System.Text;

namespace Millrace.Cli.Tests.Shell;

/// <summary>A terminal whose keys are given beforehand, and which keeps what is written.</summary>
internal sealed class KeyboardTerminal : ITerminal
{
    private readonly Queue<ConsoleKeyInfo> _keys = new();

    public int Width { get; init; } = 80;

    public StringBuilder Screen { get; } = new();

    /// <summary>What was drawn last in the row of the line.</summary>
    public string LastRow => Screen.ToString().Split("\u001b[K")[^1].Split('\n')[0];

    public KeyboardTerminal Type(string text)
    {
        foreach (char c in text)
        {
            _keys.Enqueue(new ConsoleKeyInfo(c, ConsoleKey.None, shift: false, alt: false, control: false));
        }

        return this;
    }

    public KeyboardTerminal Press(ConsoleKey key, bool control = false, int times = 1)
    {
        for (int i = 0; i < times; i++)
        {
            _keys.Enqueue(new ConsoleKeyInfo('\0', key, shift: false, alt: false, control));
        }

        return this;
    }

    public ConsoleKeyInfo ReadKey() => _keys.Dequeue();

    public void Write(string text) => Screen.Append(text);
}
