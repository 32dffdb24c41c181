using System.Globalization;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Spectre.Console;

namespace Bitrix24.CommandLine;

/// <summary>Prints for people or, with <c>--json</c>, for machines: results on standard output, everything else on standard error.</summary>
internal sealed class Report(TextWriter output, TextWriter error, bool json)
{
    private readonly IAnsiConsole notes = AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new Lines(error),
        Ansi = Lines.IsTerminalOf(error) ? AnsiSupport.Detect : AnsiSupport.No,
    });

    public void Result(JObject values, string sentence) => output.WriteLine(json ? values.ToString(Formatting.None) : sentence);

    public void Note(string text)
    {
        if (!json)
        {
            notes.MarkupLineInterpolated($"[grey]{text}[/]");
        }
    }

    public void Failure(Exception exception)
    {
        var failed = exception as Bitrix24Exception;
        if (json)
        {
            error.WriteLine(new JObject
            {
                ["failure"] = exception.GetType().Name,
                ["message"] = Message(exception),
                ["errorCode"] = failed?.ErrorCode.ToString(),
                ["rawErrorCode"] = failed?.RawErrorCode,
                ["statusCode"] = (int?)failed?.StatusCode,
                ["execution"] = failed?.Execution.ToString(),
            }.ToString(Formatting.None));
            return;
        }

        notes.MarkupLineInterpolated($"[red]{Message(exception)}[/]");
        if (failed is not null)
        {
            notes.WriteLine(failed.Execution == CallExecution.NotExecuted
                ? "The portal did not run the call: it can be made again."
                : "The portal may have run the call: look before you make it again.");
        }
    }

    public static string Seconds(double? seconds) =>
        seconds is { } known ? known.ToString("0.000", CultureInfo.InvariantCulture) + " s" : "an unknown time";

    /// <summary>Who types a command knows no parameter names.</summary>
    private static string Message(Exception exception) =>
        exception is ArgumentException { ParamName: { } name } ? exception.Message.Replace($" (Parameter '{name}')", string.Empty, StringComparison.Ordinal) : exception.Message;

    /// <summary>A writer as an output of Spectre.Console that does not break lines.</summary>
    private sealed class Lines(TextWriter writer) : IAnsiConsoleOutput
    {
        public TextWriter Writer => writer;

        public bool IsTerminal => IsTerminalOf(writer);

        public int Width => int.MaxValue / 2;

        public int Height => int.MaxValue / 2;

        public static bool IsTerminalOf(TextWriter writer) => ReferenceEquals(writer, Console.Error) && !Console.IsErrorRedirected;

        public void SetEncoding(System.Text.Encoding encoding)
        {
        }
    }
}
