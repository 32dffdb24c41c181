using Newtonsoft.Json.Linq;

namespace Bitrix24.Specs;

/// <summary>Writes results to standard output and everything else to standard error, as text or, with <c>--json</c>, as JSON.</summary>
internal sealed class Report(TextWriter output, TextWriter error, bool json, TypedSecrets typed)
{
    public void Result(JObject values, string sentence) => output.WriteLine(json ? Printable.Json(values) : Printable.Text(sentence));

    public void Note(string text)
    {
        if (!json)
        {
            error.WriteLine(Printable.Text(text));
        }
    }

    public void Failure(Exception exception)
    {
        var message = typed.Hide(exception.Message);
        error.WriteLine(json
            ? Printable.Json(new JObject { ["failure"] = exception.GetType().Name, ["message"] = message })
            : Printable.Text(message));
    }
}
