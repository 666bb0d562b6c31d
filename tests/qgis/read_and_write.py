"""What a planner does in QGIS: opens a layer of the register with a token, reads it, and adds a
record where this version of QGIS can write. Prints what it saw as JSON.

	read_and_write.py URL LOGIN TOKEN LAYER
"""
import json
import os
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
from qgis.core import QgsApplication, QgsFeature, QgsGeometry, QgsVectorDataProvider, QgsVectorLayer, Qgis

url, login, token, layer_id = sys.argv[1:5]
application = QgsApplication([], False)
application.initQgis()
uri = f"url='{url}/ogc' typename='{layer_id}' username='{login}' password='{token}' pagingEnabled='true'"
layer = QgsVectorLayer(uri, layer_id, "OAPIF")
seen = {"version": Qgis.QGIS_VERSION, "valid": layer.isValid(), "error": layer.error().message() if not layer.isValid() else ""}
if layer.isValid():
    features = list(layer.getFeatures())
    seen["fields"] = layer.fields().names()
    seen["count"] = len(features)
    seen["names"] = sorted(str(one["name"]) for one in features)
    seen["can_add"] = bool(layer.dataProvider().capabilities() & QgsVectorDataProvider.AddFeatures)
    if seen["can_add"]:
        feature = QgsFeature(layer.fields())
        feature["name"] = "from QGIS"
        feature.setGeometry(QgsGeometry.fromWkt("Point (106.66 10.98)"))
        seen["added"] = layer.dataProvider().addFeatures([feature])[0]
print(json.dumps(seen))
sys.stdout.flush()
os._exit(0)  # Qt's own end may crash without a display
