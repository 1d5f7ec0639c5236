// As many lamps as fingers: LEDs on pins 2 to 6, each with a resistor of its own.
const int LAMPS[] = {2, 3, 4, 5, 6};

void setup() {
  Serial.begin(9600);
  for (int lamp : LAMPS) pinMode(lamp, OUTPUT);
}

void loop() {
  if (!Serial.available()) return;
  char sign = Serial.read();
  if (sign == '\n' || sign == '\r') return;
  int fingers = sign >= '0' && sign <= '5' ? sign - '0' : 0;
  for (int n = 0; n < 5; n++) digitalWrite(LAMPS[n], n < fingers ? HIGH : LOW);
}
