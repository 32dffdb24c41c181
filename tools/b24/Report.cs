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

    /// <exception cref="ResultLostException">The result cannot be written. It is in the exception: what was made must not get lost.</exception>
    public void Result(JObject values, string sentence)
    {
        try
        {
            output.WriteLine(json ? values.ToString(Formatting.None) : sentence);
            output.Flush();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            throw new ResultLostException(sentence, exception);
        }
    }

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
                ["execution"] = Execution(exception)?.ToString(),
            }.ToString(Formatting.None));
            return;
        }

        notes.MarkupLineInterpolated($"[red]{Message(exception)}[/]");
        if (Execution(exception) is { } execution)
        {
            notes.WriteLine(execution == CallExecution.NotExecuted
                ? "The portal did not run the call: nothing was made."
                : "The portal may have run the call: look before you make it again.");
        }
    }

    /// <summary>After a cancellation nobody knows.</summary>
    private static CallExecution? Execution(Exception exception) => exception switch
    {
        Bitrix24Exception failed => failed.Execution,
        OperationCanceledException => CallExecution.Unknown,
        _ => null,
    };

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
